/**
 * @module
 * What several platforms cannot do, as sentences that say what to write instead.
 */
import { called } from '../diagnostics/harmless.ts';
import { isIpAddress } from '../net/address.ts';
import { isSpiffeId } from '../net/client-names.ts';
import { type EnvoyPart, namesOf } from './envoy-part.ts';

export interface AttributesOfPlatform {
  /** The product's name. */
  readonly product: string;
  /** Whether the platform sends the attribute, or need not. */
  accepts(name: string): boolean;
  /** What to read instead, as the object of `Read … instead`. */
  insteadOf(name: string): string;
}

/** A sentence for the attributes that cannot be sent, for each group that is read by the same. */
export function refusedAttributes(
  { reads }: EnvoyPart,
  { product, accepts, insteadOf }: AttributesOfPlatform,
): readonly string[] {
  const refused = namesOf(reads.attributes).filter((name) => !accepts(name));
  const groups = Map.groupBy(refused, (name) => {
    const readers = reads.attributes.get(name) ?? [];
    const by = readers.length === 0 ? '' : ` Read by ${readers.join(', ')}.`;
    return `${by} Read ${insteadOf(name)} instead.`;
  });
  return Array.from(groups, ([advice, names]) => {
    const all = names.map((name) => called('the attribute', name)).join(', ');
    return `${product} cannot send ${all}.${advice}`;
  });
}

/** @param most how many headers the platform's definition accepts */
export function refusedHeaders(product: string, headers: readonly string[], most: number): readonly string[] {
  if (headers.length <= most) return [];
  return [
    `${product} removes at most ${most} headers of a client, and ${headers.length} must be removed. Let several ` +
      'policies write the same header (`output`), or give each Gateway a configuration of its own.',
  ];
}

export function refusedTlsName(product: string, { tls }: EnvoyPart): readonly string[] {
  if (tls === undefined) return [];
  const other = isIpAddress(tls.name) ? 'an IP address' : isSpiffeId(tls.name) ? 'a SPIFFE ID' : undefined;
  if (other === undefined) return [];
  return [`${product} checks a certificate by a DNS name, not by ${other}. Give the name with --tls-name.`];
}
