/**
 * @module
 * Whether a request is refused, goes on without a token, or gets one: as expected, and by which policy.
 */
import { plainNames, theyAre } from '../../diagnostics/harmless.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { refusalText, severalText, whyNone } from '../outcome-words.ts';
import { type MintedToken, mintedBy, type Trial, type TriedPolicy } from '../run-trial.ts';
import type { Failure } from './failure.ts';
import type { Expectations } from './read-test-file.ts';
import type { withoutTokenReasons } from './test-schema.ts';

/** `token` is undefined if none is expected, or there is none, which is a failure. */
export interface Outcome {
  readonly failures: readonly Failure[];
  readonly token: MintedToken | undefined;
}

/** @param policies names of all policies of the configuration */
export function checkOutcome(expect: Expectations, trial: Trial, policies: Iterable<string>): Outcome {
  const { policy, refused, withoutToken } = expect;
  const unknown = policy === undefined ? undefined : whyNotRun(policy, trial, policies);
  if (unknown !== undefined) return failed([unknown]);
  if (refused !== undefined) return failed(checkRefusal(refused, policy, trial));
  if (withoutToken !== undefined) return failed(checkWithoutToken(withoutToken, policy, trial));
  if (!wantsToken(expect)) return failed([]);
  return tokenOf(expect, trial);
}

function failed(failures: readonly Failure[]): Outcome {
  return { failures, token: undefined };
}

function failure(what: string, message: string, more: Pick<Failure, 'expected' | 'actual'> = {}): Failure {
  return { what, path: ['expect', ...what.split('.')], message, ...more };
}

function whyNotRun(policy: string, { policies, decision }: Trial, known: Iterable<string>): Failure | undefined {
  if (policies.some((one) => one.policy.name === policy)) return undefined;
  const all = [...known];
  const fail = (message: string, actual?: readonly string[]): Failure =>
    failure('policy', message, { expected: policy, ...(actual === undefined ? {} : { actual: [...actual] }) });
  if (!all.includes(policy)) {
    const near = nearest(policy, all);
    const others = near === undefined ? theyAre('policies', all) : `Did you mean \`${near}\`?`;
    return fail(`The configuration has no policy of this name.${others === undefined ? '' : ` ${others}`}`);
  }
  if (policies.length === 0) return fail(`No policy runs. ${whyNone({ policies, decision })}`);
  const names = policies.map((one) => one.policy.name);
  return fail('The route of the request runs other policies.', names);
}

function checkRefusal(
  wanted: NonNullable<Expectations['refused']>,
  name: string | undefined,
  trial: Trial,
): readonly Failure[] {
  const { decision } = trial;
  if (decision.kind !== 'refuse') return [failure('refused', notRefused(trial))];
  const record = decision.mints.find(({ outcome }) => outcome === 'refused');
  const by = record?.policy;
  const why = record === undefined ? refusalText(decision) : whyNone(trial);
  const wrongPolicy = name === undefined || by === name ? [] : [otherRefusal(name, by, why)];
  const { status } = decision.refusal;
  const code = decision.code ?? record?.code;
  const others = [
    wanted.status === undefined || wanted.status === status
      ? []
      : [failure('refused.status', `The status is another one. ${why}`, { expected: wanted.status, actual: status })],
    wanted.code === undefined || wanted.code === code
      ? []
      : [
          failure('refused.code', `The reason is another one. ${why}`, {
            expected: wanted.code,
            ...(code && { actual: code }),
          }),
        ],
  ].flat();
  return [...wrongPolicy, ...others];
}

/** @param by the policy that refused the request; undefined if it was refused before */
function otherRefusal(expected: string, by: string | undefined, why: string): Failure {
  if (by === undefined) return failure('policy', `The request is refused before the policy runs. ${why}`);
  return failure('policy', `Another policy refuses the request. ${why}`, { expected, actual: by });
}

function notRefused({ policies, decision }: Trial): string {
  const minted = mintedBy(policies);
  if (minted.length > 0) return `The request is not refused: it goes on with a token of ${listOf(minted)}.`;
  return `The request is not refused. ${whyNone({ policies, decision })}`;
}

function listOf(minted: readonly MintedToken[]): string {
  const plain = plainNames(minted.map(({ policy }) => policy.name));
  return plain === '' ? 'a policy' : plain;
}

type WithoutTokenReason = (typeof withoutTokenReasons)[number];

function checkWithoutToken(
  { because, code }: NonNullable<Expectations['withoutToken']>,
  name: string | undefined,
  { decision, policies }: Trial,
): readonly Failure[] {
  if (decision.kind === 'refuse')
    return [failure('withoutToken', `It does not go on. ${whyNone({ decision, policies })}`)];
  const meant = policies.filter(({ policy }) => name === undefined || policy.name === name);
  const minted = mintedBy(meant);
  if (minted.length > 0) return [failure('withoutToken', `The request goes on with a token of ${listOf(minted)}.`)];
  const reasons = decision.kind === 'untouched' ? ['unmatched'] : meant.map(reasonOf);
  const why = whyNone({ decision, policies: meant });
  const codes = meant.flatMap(({ result }) => (result.kind === 'passed' ? (result.reason.code ?? []) : []));
  return [
    because === undefined || reasons.includes(because)
      ? []
      : [
          failure('withoutToken.because', `The reason is another one. ${why}`, {
            expected: because,
            ...first(reasons),
          }),
        ],
    code === undefined || codes.includes(code)
      ? []
      : [failure('withoutToken.code', `The error is another one. ${why}`, { expected: code, ...first(codes) })],
  ].flat();
}

function first([actual]: readonly string[]): Pick<Failure, 'actual'> {
  return actual === undefined ? {} : { actual };
}

function reasonOf({ result }: TriedPolicy): WithoutTokenReason | 'none' {
  switch (result.kind) {
    case 'disabled':
    case 'outside-rules':
      return result.kind;
    case 'passed':
      return 'error';
    default:
      return 'none';
  }
}

/** The expectations that want a token; a missing one is reported at the first. */
const wantingToken = ['jwt', 'sameAs', 'header', 'policy'] as const;

function wantsToken(expect: Expectations): boolean {
  return wantingToken.some((name) => expect[name] !== undefined);
}

function tokenOf(expect: Expectations, trial: Trial): Outcome {
  const what = wantingToken.find((name) => expect[name] !== undefined) ?? 'policy';
  const meant = trial.policies.filter(({ policy }) => expect.policy === undefined || policy.name === expect.policy);
  const minted = mintedBy(meant);
  const [token, another] = minted;
  if (token === undefined) {
    return failed([failure(what, `There is no token. ${whyNone({ ...trial, policies: meant })}`)]);
  }
  if (another === undefined) return { failures: [], token };
  return failed([failure(what, severalText(minted, '`policy`'))]);
}
