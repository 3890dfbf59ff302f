-- How far a bucket is, some of the users of whom something is over, and whether this server has sharded pub/sub (0 or 1).
--
-- KEYS  1 sequence of the bucket   2 when users are due
-- ARGV  1 now in microseconds, by this server's clock   2 how many users at most
return {
  redis.call('GET', KEYS[1]) or '0',
  redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', '0', ARGV[2]),
  redis.REDIS_VERSION_NUM and '1' or '0' -- which is told since 7.0
}
