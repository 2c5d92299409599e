/**
 * @module
 * A Vault that holds the key `orders`, and fails as a fault wants it.
 */
import type { FakeServer } from '../../keys/outside/fake-server.ts';
import { FakeVault } from '../../keys/outside/fake-vault.ts';
import { privateKeyFor } from '../../keys/outside/service-keys.ts';

export interface StartedVault {
  readonly server: FakeServer;
  /** All requests fail so, until `heal`. */
  fail(fault: FakeServer['faults'][number]): void;
  /** The token of mintproc is taken away. */
  lock(): void;
  /** The version of the key that signs is disabled. */
  disable(): void;
  /** Another key signs in its place. */
  exchange(): void;
  heal(): void;
}

const token = 'token-1';

export async function startVault(): Promise<StartedVault> {
  const vault = new FakeVault();
  const key = vault.add('orders', 'ecdsa-p256', privateKeyFor('ES256'));
  const server = await vault.start();
  const set = (faults: FakeServer['faults'], repeats: boolean): void => {
    server.faults = faults;
    server.repeats = repeats;
  };
  return {
    server,
    fail: (fault) => set([fault], true),
    lock: () => vault.tokens.clear(),
    disable: () => {
      key.minimum = 2;
    },
    exchange: () => {
      key.signsWith = privateKeyFor('ES256', 'second');
    },
    heal: () => {
      set([], false);
      vault.tokens.add(token);
      key.minimum = 0;
      key.signsWith = privateKeyFor('ES256');
    },
  };
}
