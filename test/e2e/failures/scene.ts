/**
 * @module
 * How a fault happens, and how its requests are sent.
 */
import type { Answer } from '../harness/client.ts';
import type { World } from './world.ts';

export type Filter = 'ext_proc' | 'ext_authz';
export type Headers = readonly (readonly [name: string, value: string])[];

export interface Scene {
  /** Makes the fault. @returns what ends it, if something must */
  begin(world: World): Promise<unknown>;
  readonly path?: string;
  readonly variant?: 'open' | 'tls' | 'unix' | 'named' | 'blind' | 'bodies' | 'sds';
  readonly headers?: (world: World) => Headers;
  readonly body?: string;
  /** How many requests it takes until it is seen. */
  readonly requests?: number;
  /** Sends the request in a way of its own. */
  send?(world: World, filter: Filter): Promise<Answer>;
  /** Why it cannot happen on this machine. */
  readonly missing?: string | undefined;
}
