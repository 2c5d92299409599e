/**
 * @module
 * The Lua script by which Envoy keeps tokens of mintproc, for `gen envoy --reuse-in-envoy`.
 *
 * Envoy runs it with LuaJIT, in each worker thread by itself. Nothing in it yields between the key and the mark, so no
 * two requests of a thread are in it at once. If it fails, Envoy logs the error and sends the request on to mintproc.
 * So the mark that skips mintproc is the last thing that it sets.
 */
import {
  asks,
  type KeyCaller,
  type KeyPart,
  keyClaims,
  type ReuseKey,
  reuseNamespace,
} from '../request/envoy-reuse.ts';
import { jwtAuthn } from './envoy-part.ts';

/** The claims of the token that `jwt_authn` verified, as a header from one filter to the next. */
export const claimsHeader = 'x-mintproc-caller';

/** The member of the metadata that skips mintproc's filter. */
export const mark = 'hit';

/** The member of the filter context that a route opts in with: its own name, which is in the key. */
export const contextName = 'route';

export interface ScriptOptions {
  readonly key: ReuseKey;
  /** The digest of the key's form. */
  readonly digest: string;
  /** Headers of which a client's own copy reaches mintproc. It may remove them, so they are in the key as well. */
  readonly copies: readonly string[];
  /**
   * Headers of tokens and of conditions whose lookalikes Envoy has not removed before. mintproc removes those of a
   * token and refuses those of a condition.
   */
  readonly lookalikes: readonly string[];
}

export function reuseScript({ key, digest, copies, lookalikes }: ScriptOptions): string {
  const headers = [...new Set([...key.parts.flatMap(headerOf), ...ownHeader(key.caller), ...copies])].sort();
  return [
    heading,
    settings(digest, headers, lookalikes),
    table,
    generations,
    building,
    callers[key.caller.kind](key.caller),
    keyFunction(key.parts),
    lookalikes.length === 0 ? noLookalikes : searchesLookalikes,
    onRequest(key.caller),
    onResponse,
  ].join('\n\n');
}

/** Where mintproc reads the token itself, if jwt_authn leaves it there. */
function ownHeader(caller: KeyCaller): readonly string[] {
  return caller.kind === 'token' ? [caller.header] : [];
}

function headerOf(part: KeyPart): readonly string[] {
  return part.kind === 'header' ? [part.name] : [];
}

/** A Lua string of any text. Bytes that are not printable ASCII are escaped by their numbers. */
function quoted(text: string): string {
  const escaped = Array.from(Buffer.from(text), (byte) => {
    const letter = String.fromCharCode(byte);
    return byte < 0x20 || byte > 0x7e || letter === '"' || letter === '\\' ? `\\${`${byte}`.padStart(3, '0')}` : letter;
  });
  return `"${escaped.join('')}"`;
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? '{}' : `{ ${texts.map(quoted).join(', ')} }`;
}

const heading = `-- Keeps tokens of mintproc, so that a request which needs the same token is not sent to it.
-- A token is kept under the bytes of all that mintproc.yaml reads of a request and its caller.
-- Written by mintproc gen: after a change of mintproc.yaml run it again.`;

function settings(digest: string, headers: readonly string[], lookalikes: readonly string[]): string {
  const names = lookalikes.map((name) => name.replace(/[^a-z0-9]/g, '-'));
  const searched = `\n-- Headers of tokens and of conditions. No client may send one of them in another spelling.
local searched = {${names.map((name) => ` [${quoted(name)}] = true`).join(',')} }`;
  return `-- The form of the key. mintproc lets tokens be kept only if its configuration has the same.
local form = ${quoted(digest)}
-- The headers in the key, pseudo-headers too.
local key_headers = ${list(headers)}${names.length === 0 ? '' : searched}

-- Bounds of each worker thread: kept tokens, and their bytes with keys.
local most_entries, most_bytes = 10000, 16 * 1024 * 1024
-- What a token takes besides its bytes.
local own_bytes = 512
-- A larger key or token is not kept.
local largest_key, largest_token = 8192, 16384
-- Requests that wait for their responses.
local most_waiting = 1024`;
}

const table = `-- Kept tokens, by their keys. When the young half is full, it becomes the old one, and that one goes.
local young, old = {}, {}
local young_entries, young_bytes = 0, 0

local function keep(key, entry)
  local earlier = young[key]
  local entries, bytes = young_entries + 1, young_bytes + entry.bytes
  if earlier ~= nil then entries, bytes = young_entries, bytes - earlier.bytes end
  if entries > most_entries / 2 or bytes > most_bytes / 2 then
    young, old = {}, young
    entries, bytes = 1, entry.bytes
  end
  young[key], young_entries, young_bytes = entry, entries, bytes
  old[key] = nil
end

-- The kept token, if its time has begun and not ended. A clock that is set back ends it early.
local function find(key, now)
  local entry = young[key] or old[key]
  if entry == nil or not (entry.from <= now and now < entry.till) then return nil end
  if young[key] == nil then keep(key, entry) end
  return entry
end`;

const generations = `-- The keys of requests that mintproc was asked for, by a number that stays with the request. The
-- ring bounds what is left of clients that went away before their response.
local waiting, calls = {}, 0

-- The generation of mintproc's configuration and keys, and the latest request that was answered by it.
local generation, latest = nil, 0

-- Whether an answer is of the newest generation. A new one ends all kept tokens.
local function is_current(answer, number)
  if type(answer.generation) ~= "string" then return false end
  if answer.generation ~= generation then
    if number < latest then return false end
    generation = answer.generation
    young, old, young_entries, young_bytes = {}, {}, 0, 0
  end
  latest = math.max(latest, number)
  return true
end`;

const building = `-- The key that is being built.
local parts, size, bytes = {}, 0, 0

local function put(text)
  size = size + 1
  parts[size] = text
  bytes = bytes + #text
end

-- The length comes before the bytes, so that no two lists of values look the same.
local function put_value(value)
  put(#value .. ":")
  put(value)
end

-- Each look at a value goes through all values of the name. A key with more is not kept.
local most_values = 32

-- Whether the key is still small enough.
local function put_header(headers, name)
  local count = headers:getNumValues(name)
  if count > most_values then return false end
  put(count .. ";")
  for index = 0, count - 1 do put_value(headers:getAtIndex(name, index)) end
  return bytes <= largest_key
end`;

const callers: Readonly<Record<KeyCaller['kind'], (caller: KeyCaller) => string>> = {
  none: () => `-- No policy reads the caller.
local function caller_of()
  return ""
end`,
  certificate: () => `-- The certificate of the client, if Envoy has verified it; nil if not.
local function caller_of(handle)
  local tls = handle:streamInfo():downstreamSslConnection()
  if tls == nil or not tls:peerCertificateValidated() then return nil end
  local digest = tls:sha256PeerCertificateDigest()
  if digest == "" then return nil end
  return digest
end`,
  token: (caller) => `-- The claims of the caller's token as they were signed; nil if jwt_authn has not verified them in
-- this request. Only jwt_authn sets the header. It is taken away before anything else may fail.
local function caller_of(handle, headers)
  local count = headers:getNumValues("${claimsHeader}")
  local claims = headers:getAtIndex("${claimsHeader}", 0)
  headers:remove("${claimsHeader}")
  if count ~= 1 then return nil end
  local verified = handle:streamInfo():dynamicMetadata():get("${jwtAuthn}")
  if verified == nil or verified[${quoted(caller.kind === 'token' ? caller.payload : '')}] == nil then return nil end
  return claims
end`,
};

function keyFunction(parts: readonly KeyPart[]): string {
  const hasPath = parts.some(({ kind }) => kind === 'path');
  const hasQuery = parts.some(({ kind }) => kind === 'query');
  const target = [
    'local target = headers:get(":path") or ""',
    '-- Of others, servers read the path and the query in several ways.',
    'local is_plain = target == "/" or string.find(target, "^/[^/\\\\]") ~= nil',
    'if not is_plain or string.find(target, "[%c #]") then return nil end',
    'local question = string.find(target, "?", 1, true)',
    ...(hasPath ? ['put_value(question and string.sub(target, 1, question - 1) or target)'] : []),
    ...(hasQuery ? ['if question then put_value(string.sub(target, question + 1)) else put("-") end'] : []),
  ];
  const lines = hasPath || hasQuery ? target.map((line) => `  ${line}\n`).join('') : '';
  return `-- The key of a request; nil if it is too large.
local function key_of(headers, route, caller)
  size, bytes = 0, 0
  put_value(route)
  put_value(caller)
  for _, name in ipairs(key_headers) do
    if not put_header(headers, name) then return nil end
  end
${lines}  if bytes > largest_key then return nil end
  return table.concat(parts, "", 1, size)
end`;
}

const noLookalikes = `-- Envoy has removed lookalikes of the tokens' headers before (early_header_mutation_extensions).
local function has_lookalike()
  return false
end`;

const searchesLookalikes = `-- Whether a client sent x.token for x-token: mintproc removes or refuses it.
local function has_lookalike(headers)
  for name in pairs(headers) do
    local folded = string.gsub(name, "[^a-z0-9:]", "-")
    if searched[folded] and folded ~= name then return true end
  end
  return false
end`;

/** mintproc compares the claims with those that it reads. */
const sendsClaims = `
    metadata:set("${reuseNamespace}", "${keyClaims}", caller)`;

const onRequest = (caller: KeyCaller): string => `function envoy_on_request(handle)
  local headers = handle:headers()
  local caller = caller_of(handle, headers)
  -- Only a route that says its own name gets kept tokens: what is set for a whole virtual host opts in no route.
  local route = handle:filterContext():get("${contextName}")
  if route == nil or route == "" or route ~= handle:streamInfo():routeName() or caller == nil then return end
  local key = key_of(headers, route, caller)
  if key == nil or has_lookalike(headers) then return end
  local metadata = handle:streamInfo():dynamicMetadata()
  local now = handle:timestamp(EnvoyTimestampResolution.MILLISECOND)
  local entry = find(key, now)
  if entry == nil then
    calls = calls + 1
    waiting[calls % most_waiting] = { number = calls, key = key, asked = now }
    metadata:set("${reuseNamespace}.call", "number", calls)
    metadata:set("${reuseNamespace}", "${asks}", form)${caller.kind === 'token' ? sendsClaims : ''}
    handle:stats():counter("mintproc_reuse_misses"):inc()
    return
  end
  handle:stats():counter("mintproc_reuse_hits"):inc()
  local set = entry.set
  for index = 1, #set, 2 do headers:replace(set[index], set[index + 1]) end
  -- The last step: if one above fails, the request goes to mintproc.
  metadata:set("${reuseNamespace}", "${mark}", true)
end`;

const onResponse = `-- How many bytes names and values have, which take turns; nil if this is not such a list.
local function bytes_of(set)
  if type(set) ~= "table" or #set == 0 or #set % 2 == 1 then return nil end
  local sum = 0
  for _, text in ipairs(set) do
    if type(text) ~= "string" then return nil end
    sum = sum + #text
  end
  return sum
end

function envoy_on_response(handle)
  local metadata = handle:streamInfo():dynamicMetadata()
  local call = metadata:get("${reuseNamespace}.call")
  if call == nil then return end
  local answer = metadata:get("${reuseNamespace}")
  local set = answer.set
  -- No access log shall have the token.
  if set ~= nil then metadata:set("${reuseNamespace}", "set", "") end
  local asked = waiting[call.number % most_waiting]
  if asked == nil or asked.number ~= call.number then return end
  waiting[call.number % most_waiting] = nil
  local sum = bytes_of(set)
  if not is_current(answer, call.number) or sum == nil or sum > largest_token then return end
  local lifetime = answer["for"]
  if type(lifetime) ~= "number" or not (lifetime > 0) then return end
  -- mintproc has made the token after the request was here.
  local till = asked.asked + lifetime
  keep(asked.key, { from = asked.asked, till = till, set = set, bytes = #asked.key + sum + own_bytes })
  handle:stats():counter("mintproc_reuse_kept"):inc()
end
`;
