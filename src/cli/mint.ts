/**
 * @module
 * `mintproc mint`: mints the token that a request would get.
 */

import { randomUUID } from 'node:crypto';
import { diskFiles } from '../configuration/files.ts';
import type { CompiledPolicy } from '../configuration/policy/policy-loader.ts';
import { loadSinglePolicy } from '../configuration/single-policy.ts';
import { inDoubles, parseExactly } from '../diagnostics/exact-json.ts';
import { isRecord, type JsonValue } from '../diagnostics/json.ts';
import { arrival } from '../diagnostics/later.ts';
import { MintError, memberField } from '../diagnostics/mint-error.ts';
import { formatProblem, type Problem } from '../diagnostics/problem.ts';
import { placeText } from '../diagnostics/source-text.ts';
import { isNamed } from '../identity/caller-sources.ts';
import type { Scope, TokenPlan } from '../plan/token-plan.ts';
import { emptyView } from '../request/object-view.ts';
import { type Arguments, type Command, stringOption } from './command.ts';
import { givenKeys, withoutKeys } from './given-variables.ts';
import { type JsonRecord, parseJsonRecord, readInput } from './input-file.ts';
import { answerLines } from './json-lines.ts';
import { jsonText } from './json-text.ts';
import { checkRequestKeys, readRequest, type WrittenRequest } from './request-file.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';

const help = `Usage: mintproc mint --policy FILE|NAME --request FILE [--config FILE] [--at SECONDS] [--format text|json]
       mintproc mint --jsonl [--config FILE] < FILE

Mints the token that a request would get, with the policy's real key.

  --policy FILE   the policy file; with --config also the NAME of an entry, if there is no file with that name
  --request FILE  the request, as JSON: {"attributes": {…}, "authentication": {…}, "variables": {…}}
  --config FILE   the mintproc.yaml whose entry for this policy names the key, the header and so on
  --at SECONDS    the time of minting, in seconds since the epoch (default: now)
  --format FORM   text (default), or json: {"ok": true, token, header, claims, output: {header, value}}
                  or {"ok": false, "error": {code, message}}; the claims of an encrypted token are null
  --jsonl         reads one line {"policy": PATH, "entry": {…}, "request": {…}, "at": SECONDS} per token, and writes
                  one line of such JSON for each. entry and at are optional. Paths in an entry are relative to the
                  folder of the policy.`;

export const mintCommand: Command = {
  help,
  options: {
    policy: { type: 'string' },
    request: { type: 'string' },
    config: { type: 'string' },
    at: { type: 'string' },
    format: { type: 'string' },
    jsonl: { type: 'boolean' },
  },
  async run(args, terminal) {
    return args.values['jsonl'] === true ? mintLines(args, terminal) : mintOne(args, terminal);
  },
};

type Answer =
  | { readonly kind: 'minted'; readonly policy: CompiledPolicy; readonly token: string }
  | { readonly kind: 'refused'; readonly error: MintError }
  | { readonly kind: 'unloadable'; readonly problems: readonly Problem[] };

type Loading = ReturnType<typeof loadSinglePolicy>;

function mintLines(args: Arguments, terminal: Terminal): Promise<number> {
  const loaded = new Map<string, Loading>();
  const config = stringOption(args, 'config');
  const { environment } = terminal;
  return answerLines(terminal, {
    async answer({ policy, entry, request, at: written }, what) {
      const at = inDoubles((written ?? null) as JsonValue) ?? undefined;
      if (typeof policy !== 'string' || !isRecord(request) || !(at === undefined || typeof at === 'number')) {
        const form = '{"policy": PATH, "entry": {…}, "request": {…}, "at": SECONDS}';
        throw new CommandError(`${what} must have the form ${form}.`);
      }
      const given = givenKeys(request);
      const key = JSON.stringify([policy, entry, ...given]);
      const loading =
        loaded.get(key) ?? loadSinglePolicy({ file: policy, entry, config, given, environment }, diskFiles);
      loaded.set(key, loading);
      const now = at === undefined ? terminal.now() : at * 1000;
      return toJson(await mint(loading, request, `the request of ${what}`, now));
    },
    refuse: (error) => ({ ok: false, error }),
  });
}

async function mintOne(args: Arguments, terminal: Terminal): Promise<number> {
  const file = stringOption(args, 'policy');
  const requestFile = stringOption(args, 'request');
  if (file === undefined || requestFile === undefined)
    throw new UsageError('The options --policy and --request are required.');
  const request = parseJsonRecord(readInput(requestFile), requestFile);
  checkRequestKeys(request, requestFile, ['variables']);
  const { environment } = terminal;
  const config = stringOption(args, 'config');
  const loading = loadSinglePolicy(
    { file, entry: undefined, config, given: givenKeys(request), environment },
    diskFiles,
  );
  const answer = await mint(loading, request, requestFile, readTime(args) ?? terminal.now());
  if (stringOption(args, 'format') === 'json') terminal.out(`${jsonText(toJson(answer))}\n`);
  else showText(answer, loading.problems, terminal);
  return answer.kind === 'minted' ? 0 : 1;
}

/** Milliseconds since the epoch. */
function readTime(args: Arguments): number | undefined {
  const text = stringOption(args, 'at');
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds < 0) {
    throw new UsageError('--at takes seconds since the epoch, such as 1700000000.');
  }
  return seconds * 1000;
}

async function mint(loading: Loading, request: JsonRecord, what: string, now: number): Promise<Answer> {
  const { policy, problems } = loading;
  if (policy === undefined) return { kind: 'unloadable', problems };
  const scope = scopeOf(readRequest(request, what), policy.plan, now);
  if (policy.requiresCaller && !isNamed(scope.authentication)) return { kind: 'refused', error: nobody };
  try {
    if (policy.isFor?.(scope.request.headers) === false) return { kind: 'refused', error: outside };
    return { kind: 'minted', policy, token: await arrival(policy.minter.mint(scope)) };
  } catch (error) {
    if (error instanceof MintError) return { kind: 'refused', error };
    throw error;
  }
}

const nobody = new MintError(
  'identity.missing',
  'The entry of the policy requires a caller, and the request has none.',
);

const outside = new MintError(
  'policy.outside-rules',
  'The request matches none of the rules of the policy, so it goes on without a token.',
);

/** Envoy's attributes and metadata, which a request file does not have, are empty. */
function scopeOf(written: WrittenRequest, plan: TokenPlan, now: number): Scope {
  const variables = withoutKeys(written.variables, plan);
  const request = { headers: written.attributes.headers, attributes: new Map(), metadata: emptyView };
  return { ...written, variables, now, randomId: randomUUID, request, published: [], memo: new Map() };
}

function toJson(answer: Answer): object {
  switch (answer.kind) {
    case 'minted': {
      const { policy, token } = answer;
      const { header, prefix } = policy.output;
      return {
        ok: true,
        token,
        ...partsOf(token),
        output: { header, value: prefix + token },
      };
    }
    case 'refused':
      return { ok: false, error: refusalOf(answer.error) };
    case 'unloadable': {
      const first = answer.problems.find(({ severity }) => severity === 'error');
      if (first === undefined) throw new TypeError('a policy was not loaded and has no error');
      const { code, message, place } = first;
      return { ok: false, error: { code, message, file: place.file, line: place.line, column: place.column } };
    }
  }
}

function refusalOf({ code, message, origin }: MintError): object {
  if (origin === undefined) return { code, message };
  const { file, line, column } = origin.place;
  return { code, message, ...memberField(origin), file, line, column };
}

/** Header and claims; the claims of an encrypted token are null, since only its recipient can read them. */
function partsOf(token: string): { readonly header: unknown; readonly claims: unknown } {
  const [headerPart = '', claimsPart = '', ...others] = token.split('.');
  return { header: decode(headerPart), claims: others.length === 1 ? decode(claimsPart) : null };
}

function decode(part: string): unknown {
  return parseExactly(Buffer.from(part, 'base64url').toString('utf8'));
}

function describeRefusal({ code, message, origin }: MintError): string {
  if (origin === undefined) return `No token: ${message} [${code}]`;
  const { member, name, place } = origin;
  const named = name === undefined ? `a ${member}` : `${member} \`${name}\``;
  return `${placeText(place)}: no token: ${named}: ${message} [${code}]`;
}

function showText(answer: Answer, problems: readonly Problem[], terminal: Terminal): void {
  for (const problem of problems) {
    if (problem.severity !== 'note') terminal.error(formatProblem(problem));
  }
  if (answer.kind === 'refused') terminal.error(describeRefusal(answer.error));
  if (answer.kind !== 'minted') return;
  const { header, prefix } = answer.policy.output;
  const parts = partsOf(answer.token);
  const claims = parts.claims === null ? 'are encrypted' : jsonText(parts.claims, 2);
  terminal.out(`${header}: ${prefix}${answer.token}\n\n`);
  terminal.out(`header ${jsonText(parts.header, 2)}\nclaims ${claims}\n`);
}
