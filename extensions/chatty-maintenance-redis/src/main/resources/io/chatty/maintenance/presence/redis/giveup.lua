-- Gives a node up, if it has not been heard of since.
--
-- KEYS  1 nodes
-- ARGV  1 now in microseconds, by this server's clock   2 the node   3 since when it was not heard of
-- Gives whether it is given up (0 or 1).
local known = tonumber(redis.call('HGET', KEYS[1], ARGV[2]) or '0')
if known == 0 or known > tonumber(ARGV[3]) or (known < 0 and -known > tonumber(ARGV[1])) then
  return { '0' }
end
if known ~= -2 then
  redis.call('HSET', KEYS[1], ARGV[2], '-1')
end
return { '1' }
