/**
 * @module
 * Where a key is that a service holds, of what the configuration says.
 */
import type { OutsidePlace, Pkcs11Key, VaultLogin } from '../../keys/outside/outside-key.ts';
import { milliseconds } from '../duration.ts';
import type { VersionForm } from '../keys-schema.ts';
import type { Pkcs11Form, VaultTransitForm } from '../outside-keys-schema.ts';

type Limits = Pick<OutsidePlace, 'deadline' | 'queue'>;

/** Resolves a path that the configuration contains. */
type Resolve = (file: string) => string;

export function limitsOf({ deadline = '500ms', queue = 1000 }: VersionForm): Limits {
  return { deadline: milliseconds(deadline), queue };
}

export function vaultPlace(form: VaultTransitForm, resolve: Resolve, limits: Limits): OutsidePlace {
  const { address, mount, key, version, namespace, ca } = form;
  const caFile = ca && resolve(ca.file);
  return {
    service: 'vaultTransit',
    address,
    mount,
    key,
    version,
    namespace,
    login: loginOf(form, resolve),
    caFile,
    ...limits,
  };
}

function loginOf({ token, kubernetes }: VaultTransitForm, resolve: Resolve): VaultLogin | undefined {
  if (kubernetes !== undefined) {
    return { kind: 'kubernetes', role: kubernetes.role, mount: kubernetes.mount, path: resolve(kubernetes.token) };
  }
  if (token === undefined) return undefined;
  return 'file' in token ? { kind: 'file', path: resolve(token.file) } : { kind: 'environment', variable: token.env };
}

export function pkcs11Place(
  { module, token, label, id, pin }: Pkcs11Form,
  resolve: Resolve,
  limits: Limits,
): Pkcs11Key {
  const resolved = 'file' in pin ? { file: resolve(pin.file) } : pin;
  return { service: 'pkcs11', module: resolve(module), token, label, id, pin: resolved, ...limits };
}
