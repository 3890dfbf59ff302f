-- What trackers have swept by themselves since this was asked last.
--
-- KEYS  1 a hash of what to how many
-- Gives what and how many in turn.
local swept = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
return swept
