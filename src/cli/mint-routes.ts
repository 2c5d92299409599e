/**
 * @module
 * The part of `mintproc mint` without `--policy`: the tokens that a request gets on its route.
 */
import { codes } from '../diagnostics/codes.ts';
import { isPlainName } from '../diagnostics/harmless.ts';
import { type Refused, refusalText, resultText, untouchedText } from '../trial/outcome-words.ts';
import type { TriedPolicy } from '../trial/run-trial.ts';
import { jsonText } from './json-text.ts';
import { type RouteTrial, type RouteTrialOptions, tryRoutes } from './route-trial.ts';
import type { Terminal } from './terminal.ts';
import { reasonFields, tokenFields, tokenText } from './token-parts.ts';

/** @returns the exit code: 0 if every policy of the route that was meant has minted a token */
export async function mintRoutes(
  options: RouteTrialOptions & { readonly format: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const trial = await tryRoutes(options, terminal);
  if (trial === undefined) return 1;
  if (options.format === 'json') terminal.out(`${jsonText(toJson(trial))}\n`);
  else showText(trial, terminal);
  return isWhole(trial) ? 0 : 1;
}

function isWhole({ decision, policies }: RouteTrial): boolean {
  return decision.kind === 'forward' && policies.length > 0 && policies.every(({ result }) => result.kind === 'minted');
}

function toJson(trial: RouteTrial): object {
  const { decision, policies } = trial;
  const refusal = decision.kind === 'refuse' ? { refusal: refusalFields(decision) } : {};
  return { ok: isWhole(trial), outcome: decision.kind, ...refusal, policies: policies.map(policyFields) };
}

/** What the client gets. */
export function refusalFields({ refusal, code }: Refused): object {
  const why = code === undefined ? {} : { code, message: codes[code] };
  return { status: refusal.status, contentType: refusal.contentType, body: refusal.body, ...why };
}

function policyFields({ policy, result }: TriedPolicy): object {
  const named = { policy: policy.name, result: result.kind };
  switch (result.kind) {
    case 'minted':
      return { ...named, ...tokenFields(result.token, policy.output) };
    case 'refused':
    case 'passed':
      return { ...named, error: reasonFields(result.reason) };
    default:
      return named;
  }
}

function showText({ decision, policies }: RouteTrial, terminal: Terminal): void {
  for (const { policy, result } of policies) {
    if (result.kind === 'minted') terminal.out(tokenText(result.token, policy.output));
    else terminal.error(`${isPlainName(policy.name) ? `${policy.name}: ` : ''}${resultText(result)}`);
  }
  if (decision.kind === 'refuse') terminal.error(refusalText(decision));
  if (decision.kind === 'untouched') terminal.error(untouchedText);
}
