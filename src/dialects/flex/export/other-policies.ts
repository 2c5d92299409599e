/**
 * @module
 * What the gateway did beside minting the token: policies that change headers which this one reads, and the rest.
 */
import { called, isPlainName } from '../../../diagnostics/harmless.ts';
import { type Place, placeText } from '../../../diagnostics/source-text.ts';
import type { MemberRead } from '../../../expressions/member-reads.ts';
import { reason } from '../../export-reasons.ts';
import { Open } from '../../exported.ts';
import { field } from '../carriers.ts';
import { placeIn } from './documents.ts';
import type { Findings } from './findings.ts';
import type { Neighbour } from './neighbours.ts';

export function otherPolicies(reads: readonly MemberRead[], neighbours: readonly Neighbour[], place: Place): Findings {
  const changing = neighbours.filter((neighbour) => changesRead(reads, neighbour));
  const others = neighbours.filter((one) => one.role.kind !== 'authentication' && !changing.includes(one));
  const names = others.flatMap(({ policy: { in: within, carried } }) =>
    isPlainName(carried.policy) ? [`${carried.policy} (${placeText(placeIn(within, carried.nameAt))})`] : [],
  );
  const note = reason('note', 'flex.other-policy', place, {
    message: `The gateway also ran other policies for these requests${names.length === 0 ? '' : `: ${names.join(', ')}`}.`,
    suggestion:
      'Let filters of Envoy do what they did. Those that change what the policy reads belong before mintproc.',
  });
  return {
    reasons: [...changing.map(changedHeader), ...(others.length === 0 ? [] : [note])],
    entry: {},
    undecided: changing.length === 0 ? [] : [new Open(setInEnvoy)],
  };
}

const setInEnvoy =
  'Let a filter of Envoy before mintproc change the headers as the gateway did, then remove this line. Else clients choose what is in the token.';

function changedHeader({ policy: { in: within, carried } }: Neighbour) {
  return reason('value', 'flex.changed-header', placeIn(within, carried.nameAt), {
    message: `${called('The policy', carried.policy)} changes headers that the policy reads.`,
    suggestion: setInEnvoy,
  });
}

/** Whether it changes a header that an expression reads, or may do so. */
function changesRead(reads: readonly MemberRead[], { policy, role, isBefore }: Neighbour): boolean {
  if (role.kind !== 'headers' || isBefore === false) return false;
  const { carried, in: within } = policy;
  if (carried.policy.startsWith('dataweave-')) return transforms(policy) && reads.some(readsHeader);
  const inbound = field(carried.config.reduce<unknown>(field, within.document.value), 'inboundHeaders');
  const changed = (Array.isArray(inbound) ? inbound : []).map((one) => field(one, 'key') ?? one);
  const read = reads.filter(readsHeader).map(({ names: [, name] }) => name?.name.toLowerCase());
  return read.some((name) => changed.some((one) => name === undefined || mayBe(String(one).toLowerCase(), name)));
}

/** The script replaces all headers (vendor page, "DataWeave Headers Transformation"). */
function transforms({ carried, in: within }: Neighbour['policy']): boolean {
  return field(carried.config.reduce<unknown>(field, within.document.value), 'requestFlow') !== 'onResponse';
}

function readsHeader({ input, names: [first] }: MemberRead): boolean {
  return input === 'attributes' && (first === undefined || first.name === 'headers');
}

/** Names are texts; expressions and regular expressions may be any name. */
function mayBe(written: string, name: string): boolean {
  return /^[\w-]+$/.test(written) ? written === name : true;
}
