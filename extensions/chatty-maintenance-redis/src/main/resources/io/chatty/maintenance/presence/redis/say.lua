-- What a node says of one user: these are all the sessions that I have of them, and this is what they chose, if there is news of that.
-- Sessions of that node that it does not name are over. So it can be said again at any time, and a sweep of a node is the same with none.
-- A device has one session: the one that began last, by this server's clock.
--
-- KEYS  1 the user's sessions and choice   2 states of the bucket   3 sequence of the bucket   4 when users are due   5 users of the node
-- ARGV  1 now in microseconds, 0 for this server's clock   2 the node; empty to look only at what is over by itself
--       3 how long a session lives without being said again, in microseconds   4 the user   5 when the user was seen, in microseconds
--       6 the bucket's channel   7 whether sharded pub/sub may be used (0 or 1)   8 the choice: order|status|until|text, or empty for no news;
--       until begins with microseconds
--       then of each session: device, incarnation, when it began, whether it is idle (0 or 1)
-- Publishes previous|sequence|now|seen|user|state where something changed, and !node|user|device|incarnation of a session that is displaced:
-- to the bucket's shard alone where this server has that, which Redis has since 7.0, otherwise to all.
-- Gives the sequence, what was published or an empty text, device|incarnation of each session that is displaced by one elsewhere, and how many
-- sessions of the node are over.
local function text(number)
  return string.format('%.0f', number)
end

local function publish(message)
  redis.call(ARGV[7] == '1' and redis.REDIS_VERSION_NUM and 'SPUBLISH' or 'PUBLISH', ARGV[6], message)
end

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local me, life, user = ARGV[2], tonumber(ARGV[3]), ARGV[4]
local wanted = {}
-- Nothing began, or was chosen, later than now: a node whose clock was set back took times from before that.
for i = 9, #ARGV, 4 do
  wanted[ARGV[i]] = { incarnation = ARGV[i + 1], began = math.min(tonumber(ARGV[i + 2]), now), idle = ARGV[i + 3] }
end

local function name(node)
  return string.match(node, '^[^.]*')
end

local devices, active = 0, false
local names, counts, actives = {}, {}, {}
local first = math.huge -- when something ends by itself
local function count(node, idle, ends)
  if not counts[node] then
    names[#names + 1] = node
    counts[node], actives[node] = 0, 0
  end
  devices = devices + 1
  counts[node] = counts[node] + 1
  if idle == '0' then
    active = true
    actives[node] = actives[node] + 1
  end
  first = math.min(first, ends)
end

local choice = false
local ended = 0
local displaced = {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local field, value = fields[i], fields[i + 1]
  if field == 'choice' then
    choice = value
  else
    local device = string.sub(field, 3)
    local node, incarnation, began, idle, ends = string.match(value, '^(.-)|(.-)|(.-)|(.-)|(.*)$')
    began, ends = tonumber(began), tonumber(ends)
    local want = wanted[device]
    if node == me then
      if not want then
        redis.call('HDEL', KEYS[1], field)
        ended = ended + 1
      elseif want.incarnation == incarnation then
        want.began = began -- whatever clocks do meanwhile
      end
    elseif want and want.incarnation == incarnation and name(node) == name(me) then
      want.began = began -- this very session, under the id that its node had before it was given up
    elseif ends <= now then
      redis.call('HDEL', KEYS[1], field)
    elseif want and (want.began > began or (want.began == began and me > node)) then
      publish('!' .. node .. '|' .. user .. '|' .. device .. '|' .. incarnation)
    else
      if want then
        wanted[device] = nil
        displaced[#displaced + 1] = device .. '|' .. want.incarnation
      end
      count(node, idle, ends)
    end
  end
end
for device, want in pairs(wanted) do
  redis.call('HSET', KEYS[1], 'd:' .. device,
      me .. '|' .. want.incarnation .. '|' .. text(want.began) .. '|' .. want.idle .. '|' .. text(now + life))
  count(me, want.idle, now + life)
end
if me ~= '' then
  redis.call(counts[me] and 'SADD' or 'SREM', KEYS[5], user)
end

local said = ARGV[8]
if said ~= '' then
  local order, what = string.match(said, '^(.-)(|.*)$')
  order = math.min(tonumber(order), now)
  if not choice or tonumber(string.match(choice, '^(.-)|')) <= order then
    choice = text(order) .. what
    redis.call('HSET', KEYS[1], 'choice', choice)
  end
end
local order, chosen, till, words = '', '', '', ''
local over = false -- when the choice is
if choice then
  order, chosen, till, words = string.match(choice, '^(.-)|(.-)|(.-)|(.*)$')
  over = tonumber(string.match(till, '^%-?%d+'))
  if chosen == '' or (over and over <= now) then
    order, chosen, till, words = '', '', '', ''
  elseif over then
    first = math.min(first, over)
  end
end

-- The fold: as each node folds its own.
local shown = '-'
if devices > 0 then
  if chosen ~= '' and chosen ~= 'S' then
    shown = chosen
  else
    shown = active and 'O' or 'A'
  end
end
if shown == 'I' then
  shown = '-'
end

if first < math.huge then
  redis.call('ZADD', KEYS[4], text(first), user)
else
  redis.call('ZREM', KEYS[4], user)
end
if chosen ~= '' and not over then
  redis.call('PERSIST', KEYS[1])
else
  local left = 2 * life
  if over then
    left = math.max(left, over - now + life)
  end
  redis.call('PEXPIRE', KEYS[1], text(math.floor(left / 1000)))
end

local before = redis.call('HGET', KEYS[2], user)
local previous = tonumber(redis.call('GET', KEYS[3]) or '0')
-- One of whom nothing was known was offline; those who are not shown all bear the sequence of the last change that others could see.
local version, was, wasDevices, since, wasWords = text(previous), '-', '0', '', ''
if before then
  version, was, wasDevices, since, wasWords =
      string.match(before, '^(.-)|(.-)|(.-)|(.-)|.-|.-|.-|.-|(.*)$')
end
table.sort(names)
for i = 1, #names do
  names[i] = names[i] .. '=' .. counts[names[i]] .. ',' .. actives[names[i]]
end
local looks = was ~= shown or (shown ~= '-' and (tonumber(wasDevices) ~= devices or wasWords ~= words))
local sequence = math.max(previous + 1, now)
if looks then
  version = text(sequence)
  if shown == '-' then
    since = ''
  elseif was == '-' then
    since = text(now)
  end
end
local after = ''
if devices > 0 or chosen ~= '' then
  after = version .. '|' .. shown .. '|' .. devices .. '|' .. since .. '|' .. table.concat(names, ';') .. '|'
      .. chosen .. '|' .. till .. '|' .. order .. '|' .. words
end
if after == (before or '') then
  return { text(previous), '', displaced, text(ended) }
end
redis.call('SET', KEYS[3], text(sequence))
if looks then
  redis.call('HSET', KEYS[2], '', text(sequence))
end
if after == '' then
  redis.call('HDEL', KEYS[2], user)
else
  redis.call('HSET', KEYS[2], user, after)
end
local message = text(previous) .. '|' .. text(sequence) .. '|' .. text(now) .. '|' .. ARGV[5] .. '|' .. user .. '|' .. after
publish(message)
return { text(sequence), message, displaced, text(ended) }
