/**
 * @module
 * What the gateway did beside minting the token: policies that change headers which this one reads, and the rest.
 */
import { called, plainNames } from '../../../diagnostics/harmless.ts';
import type { Place } from '../../../diagnostics/source-text.ts';
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
  const names = plainNames(new Set(others.map(({ policy }) => policy.carried.policy)));
  const note = reason('note', 'flex.other-policy', place, {
    message: `The gateway also ran other policies for these requests${names === '' ? '' : `: ${names}`}.`,
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
  const inbound = field(carried.config.reduce<unknown>(field, within.document.value), 'inboundHeaders');
  const changed = (Array.isArray(inbound) ? inbound : []).map((one) => field(one, 'key') ?? one);
  const read = reads.flatMap(({ input, names: [first, name] }) =>
    input === 'attributes' && first?.name === 'headers' ? [name?.name.toLowerCase()] : [],
  );
  return read.some((name) => changed.some((one) => name === undefined || mayBe(String(one).toLowerCase(), name)));
}

/** Names are texts; expressions and regular expressions may be any name. */
function mayBe(written: string, name: string): boolean {
  return /^[\w-]+$/.test(written) ? written === name : true;
}
