/** What the tests use of the Lua interpreter, which has no types of its own. */
declare module 'fengari' {
  /** A state of Lua. */
  export type State = { readonly _opaque: unique symbol };

  export const lua: {
    lua_gettop(state: State): number;
    lua_settop(state: State, index: number): void;
    lua_getglobal(state: State, name: Uint8Array): number;
    lua_createtable(state: State, list: number, members: number): void;
    lua_rawgeti(state: State, index: number, at: number): number;
    lua_rawseti(state: State, index: number, at: number): void;
    lua_rawlen(state: State, index: number): number;
    lua_pushlstring(state: State, bytes: Uint8Array, length: number): void;
    lua_pushnumber(state: State, value: number): void;
    lua_pushnil(state: State): void;
    lua_tostring(state: State, index: number): Uint8Array | null;
    lua_pcall(state: State, given: number, returned: number, handler: number): number;
  };
  export const lauxlib: {
    luaL_newstate(): State;
    luaL_loadbuffer(state: State, text: Uint8Array, length: number, name: Uint8Array): number;
  };
  export const lualib: { luaL_openlibs(state: State): void };
}
