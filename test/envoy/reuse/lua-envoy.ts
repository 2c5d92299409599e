/**
 * @module
 * The script that keeps tokens, in a Lua interpreter, with as much of Envoy around it as it calls.
 *
 * `test/e2e/reuse/` runs the same script in a real Envoy. Here clocks and bounds are those of the test.
 */
import { lauxlib, lua, lualib, type State } from 'fengari';

/** Headers in their order; a name may come again. */
export type Fields = readonly (readonly [name: string, value: Buffer | string])[];

export interface LuaRequest {
  readonly fields: Fields;
  /** The name of a route that opted in. */
  readonly route?: string | undefined;
  readonly envoyRoute?: string;
  /** Milliseconds. */
  readonly now?: number;
  /** Whether jwt_authn verified a token. */
  readonly isVerified?: boolean;
  /** The digest of the client's certificate; `unverified` if Envoy took it without verifying it. */
  readonly certificate?: string;
}

/** What mintproc answers. */
export interface LuaAnswer {
  readonly lifetime?: number;
  readonly generation?: string;
  readonly set?: readonly string[];
}

export interface LuaOutcome {
  readonly isHit: boolean;
  /** The digest that mintproc gets. */
  readonly asks: string | undefined;
  /** The claims in the key, which mintproc gets to compare them. */
  readonly claims: string | undefined;
  /** The number of the call, by which an answer finds its request. */
  readonly call: number | undefined;
  readonly fields: readonly (readonly [name: string, value: Buffer])[];
}

export class LuaEnvoy {
  readonly #state: State = lauxlib.luaL_newstate();

  constructor(script: string) {
    lualib.luaL_openlibs(this.#state);
    this.#run(surroundings, 'surroundings');
    this.#run(script, 'script');
  }

  request(request: LuaRequest): LuaOutcome {
    const { fields, route, envoyRoute = route, now = 0, isVerified = true, certificate } = request;
    const texts = fields.flatMap(([name, value]) => [Buffer.from(name), Buffer.from(value)]);
    const [hit, asks, claims, call, ...left] = this.#call('run_request', [
      ...[route, envoyRoute, now, isVerified ? 'verified' : undefined, certificate],
      texts,
    ]);
    const values = left.map((value) => value ?? Buffer.alloc(0));
    return {
      isHit: hit?.toString() === 'true',
      asks: asks?.toString(),
      claims: claims?.toString(),
      call: call === undefined ? undefined : Number(call),
      fields: values.flatMap((value, at) => (at % 2 === 1 ? [[values[at - 1]?.toString() ?? '', value] as const] : [])),
    };
  }

  /** @returns what is left of the token in the metadata */
  response(call: number, { lifetime, generation, set }: LuaAnswer): string | undefined {
    const [left] = this.#call('run_response', [call, lifetime, generation, set?.map((text) => Buffer.from(text))]);
    return left?.toString();
  }

  /** How often a counter of Envoy was incremented. */
  count(name: string): number {
    const [count] = this.#call('count_of', [name]);
    return Number(count);
  }

  #run(text: string, name: string): void {
    const bytes = Buffer.from(text);
    if (lauxlib.luaL_loadbuffer(this.#state, bytes, bytes.length, Buffer.from(name)) !== 0) this.#fail();
    if (lua.lua_pcall(this.#state, 0, 0, 0) !== 0) this.#fail();
  }

  /** @returns the members of the list that the function returns, as strings */
  #call(name: string, given: readonly (string | number | undefined | readonly Buffer[])[]): (Buffer | undefined)[] {
    const state = this.#state;
    lua.lua_getglobal(state, Buffer.from(name));
    for (const value of given) push(state, value);
    if (lua.lua_pcall(state, given.length, 1, 0) !== 0) this.#fail();
    const count = lua.lua_rawlen(state, -1);
    const list = Array.from({ length: count }, (_, at) => {
      lua.lua_rawgeti(state, -1, at + 1);
      const bytes = Buffer.from(lua.lua_tostring(state, -1) ?? []);
      lua.lua_settop(state, -2);
      return bytes.equals(absent) ? undefined : bytes;
    });
    lua.lua_settop(state, 0);
    return list;
  }

  #fail(): never {
    throw new Error(Buffer.from(lua.lua_tostring(this.#state, -1) ?? []).toString());
  }
}

function push(state: State, value: string | number | undefined | readonly Buffer[]): void {
  if (value === undefined) lua.lua_pushnil(state);
  else if (typeof value === 'number') lua.lua_pushnumber(state, value);
  else if (typeof value === 'string') lua.lua_pushlstring(state, Buffer.from(value), Buffer.byteLength(value));
  else {
    lua.lua_createtable(state, value.length, 0);
    for (const [at, bytes] of value.entries()) {
      lua.lua_pushlstring(state, bytes, bytes.length);
      lua.lua_rawseti(state, -2, at + 1);
    }
  }
}

const absent = Buffer.from('\0absent');

/** The objects that Envoy gives a script, as far as this one calls them. */
const surroundings = String.raw`
EnvoyTimestampResolution = { MILLISECOND = 1 }
local counts, headers, metadata, request = {}, nil, nil, nil

local function list_of(name)
  local list = {}
  for at = 1, #headers, 2 do if headers[at] == name then list[#list + 1] = headers[at + 1] end end
  return list
end
local Headers = {}
Headers.__index = Headers
function Headers:getNumValues(name) return #list_of(name) end
function Headers:getAtIndex(name, index) return list_of(name)[index + 1] end
function Headers:get(name)
  local list = list_of(name)
  return #list > 0 and table.concat(list, ",") or nil
end
function Headers:remove(name)
  local left = {}
  for at = 1, #headers, 2 do
    if headers[at] ~= name then
      left[#left + 1] = headers[at]
      left[#left + 1] = headers[at + 1]
    end
  end
  headers = left
end
function Headers:replace(name, value)
  self:remove(name)
  headers[#headers + 1] = name
  headers[#headers + 1] = value
end
Headers.__pairs = function()
  local at = -1
  return function()
    at = at + 2
    return headers[at], headers[at + 1]
  end
end

local Metadata = {}
Metadata.__index = Metadata
function Metadata:get(namespace) return metadata[namespace] end
function Metadata:set(namespace, name, value)
  metadata[namespace] = metadata[namespace] or {}
  metadata[namespace][name] = value
end

local Tls = {}
Tls.__index = Tls
function Tls:peerCertificateValidated() return request.certificate ~= "unverified" end
function Tls:sha256PeerCertificateDigest() return request.certificate end

local Info = {}
Info.__index = Info
function Info:dynamicMetadata() return setmetatable({}, Metadata) end
function Info:routeName() return request.envoy_route end
function Info:downstreamSslConnection() return request.certificate and setmetatable({}, Tls) or nil end

local Handle = {}
Handle.__index = Handle
function Handle:headers() return setmetatable({}, Headers) end
function Handle:streamInfo() return setmetatable({}, Info) end
function Handle:timestamp() return request.now end
function Handle:filterContext()
  return { get = function(_, name) return name == "route" and request.route or nil end }
end
function Handle:stats()
  return { counter = function(_, name)
    return { inc = function() counts[name] = (counts[name] or 0) + 1 end }
  end }
end

local function text_of(value)
  if value == nil then return "\0absent" end
  return type(value) == "number" and string.format("%d", value) or tostring(value)
end

function run_request(route, envoy_route, now, verified, certificate, fields)
  headers, metadata = fields, {}
  request = { route = route, envoy_route = envoy_route, now = now, certificate = certificate }
  if verified then metadata["envoy.filters.http.jwt_authn"] = { payload = {} } end
  envoy_on_request(setmetatable({}, Handle))
  local own, call = metadata["mintproc.reuse"] or {}, metadata["mintproc.reuse.call"] or {}
  return { text_of(own.hit), text_of(own.asks), text_of(own.claims), text_of(call.number), table.unpack(headers) }
end

function run_response(number, lifetime, generation, set)
  metadata = { ["mintproc.reuse.call"] = { number = number }, ["mintproc.reuse"] = { asks = "x" } }
  local own = metadata["mintproc.reuse"]
  own["for"], own.generation, own.set = lifetime, generation, set
  envoy_on_response(setmetatable({}, Handle))
  return { text_of(own.set) }
end

function count_of(name) return { text_of(counts[name] or 0) } end
`;
