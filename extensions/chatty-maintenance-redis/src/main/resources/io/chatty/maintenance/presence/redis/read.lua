-- All that is known of a bucket. Where this server has lost what it had said before, since it was restored or another took its place, the sequence
-- is raised over that, and all states get it as their version: what is told from now on is newer.
--
-- KEYS  1 states of the bucket   2 its sequence
-- ARGV  1 now in microseconds, 0 for this server's clock   2 the sequence that the node knows of   3 whether the node knows of newer versions than
--       it read here (0 or 1): then the loss does not show by the sequence, since something was said after it
-- Gives the sequence, and users and their states in turn; an empty user for the sequence of the last change that others could see.
local sequence = tonumber(redis.call('GET', KEYS[2]) or '0')
local known = tonumber(ARGV[2])
local states = redis.call('HGETALL', KEYS[1])
if sequence < known or ARGV[3] == '1' then
  local now = tonumber(ARGV[1])
  if now == 0 then
    local time = redis.call('TIME')
    now = time[1] * 1000000 + time[2]
  end
  sequence = math.max(known + 1, sequence + 1, now)
  local version = string.format('%.0f', sequence)
  for i = 1, #states, 2 do
    redis.call('HSET', KEYS[1], states[i], (string.gsub(states[i + 1], '^[^|]*', version, 1)))
  end
  redis.call('HSET', KEYS[1], '', version)
  redis.call('SET', KEYS[2], version)
  states = redis.call('HGETALL', KEYS[1])
end
return { string.format('%.0f', sequence), states }
