-- A node is alive. One that was given up meanwhile is told so, and not put in again under that name; where nothing is known of it any more, it
-- is given up anew, so that what it said before it knew is swept too.
--
-- KEYS  1 nodes: when each was heard of last, in microseconds; negative for one that is left or given up, and may be swept from then on: -1 for one
--       that is given up, -2 for one that lives on under another id
-- ARGV  1 now in microseconds, 0 for this server's clock   2 the node   3 whether it says so for the first time (0 or 1)
-- Gives the time, whether the node was given up (0 or 1), and nodes and their times in turn.
local now = ARGV[1]
if now == '0' then
  local time = redis.call('TIME')
  now = string.format('%.0f', time[1] * 1000000 + time[2])
end
local known = redis.call('HGET', KEYS[1], ARGV[2])
local gone = (known and tonumber(known) < 0) or (not known and ARGV[3] == '0')
if not gone then
  redis.call('HSET', KEYS[1], ARGV[2], now)
elseif not known then
  redis.call('HSET', KEYS[1], ARGV[2], '-2')
end
return { now, gone and '1' or '0', redis.call('HGETALL', KEYS[1]) }
