/**
 * @module
 * A folder with one file that has a secret where it should not be, or in a form that it should not have; and everything
 * that mintproc says of it.
 */
import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationReport, fieldsOf } from '../../../src/cli/configuration-report.ts';
import { run } from '../../../src/cli/index.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { diskFiles } from '../../../src/configuration/files.ts';
import { loadConfiguration } from '../../../src/configuration/load.ts';
import { finish } from '../../../src/diagnostics/steps.ts';
import { createAuditLog } from '../../../src/observe/audit-log.ts';
import { createLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { Readiness } from '../../../src/observe/readiness.ts';
import { RequestObserver } from '../../../src/observe/request-observer.ts';
import { decideAtOnce } from '../../at-once.ts';
import { request } from '../../configuration/memory-files.ts';
import type { Dice } from '../../search/dice.ts';
import { type Canary, canaries } from './canaries.ts';
import { type Mistake, mistakes } from './mistakes.ts';
import { type Place, places } from './places.ts';

export interface Input {
  readonly place: Place;
  readonly canary: Canary;
  readonly mistakes: readonly Mistake[];
  /** The file with the secret in it. */
  readonly text: string;
}

/** Coprime to the number of pairs, so that neighbours are of different kinds. */
const stride = 7919;

/** @param number every place with every mistake comes once before pairs come again */
export function inputOf(number: number, dice: Dice): Input {
  const place = places[number % places.length] ?? dice.pick(places);
  const fitting = mistakes.filter(({ format }) => format === 'any' || format === place.format);
  const first = fitting[Math.floor((number * stride) / places.length) % fitting.length] ?? dice.pick(fitting);
  const made = dice.chance(30) ? [first, dice.pick(fitting)] : [first];
  const canary = dice.pick(canaries);
  let draft = { text: place.text, secret: canary.text };
  for (const mistake of made) if (draft.text.includes('@@')) draft = mistake.make(draft, dice);
  return { place, canary, mistakes: made, text: draft.text.replaceAll('@@', () => draft.secret) };
}

const keyless = `- policyRef: { name: jwt-generation-flex }
  config:
    signingMethod: HS256
    customClaims: [{ name: tenant, value: "#[attributes.headers['x-tenant']]" }]
`;

function configurationFor(file: string): string {
  return `policies: [{ name: orders, file: ${file} }]
routes: [{ match: { pathPrefix: /orders }, policies: [orders] }]
listen: 127.0.0.1:0
admin: 127.0.0.1:0
variables: { private.key: { file: key.txt } }
`;
}

/** With the header `{"alg":"HS256"}`, no claims and a wrong signature. */
const token = 'eyJhbGciOiJIUzI1NiJ9.e30.AAAA';

/** Of `validate`. */
const formats = ['text', 'json', 'junit', 'github'];
const platforms = ['envoy', 'istio', 'envoy-gateway', 'kgateway'] as const;

/** What mintproc said, by where it said it. */
export type Said = Readonly<Record<string, string>>;

export class World implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'mintproc-secrets-'));
  readonly configuration = join(this.folder, 'mintproc.yaml');
  readonly request = join(this.folder, 'request.json');
  readonly #metrics = new Metrics({ version: '1.2.3', outcomes: ['forward', 'refuse', 'untouched'] });

  constructor() {
    const locked = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'another' } as const;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const files = {
      'keyless.yaml': keyless,
      'key.txt': 'a secret of at least thirty-two bytes',
      'key.pem': privateKey.export(locked).toString(),
      'other.pem': createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
        .export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      'request.json': JSON.stringify({ attributes: { headers: { 'x-tenant': 't1' } } }),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text, { mode: 0o600 });
  }

  /** @returns the policy's file */
  write({ place, text }: Input): string {
    const policy = place.file === 'mintproc.yaml' ? 'keyless.yaml' : place.file;
    writeFileSync(join(this.folder, place.file), text);
    if (place.file !== 'mintproc.yaml') writeFileSync(this.configuration, configurationFor(policy));
    return join(this.folder, policy);
  }

  /** Through the functions that the commands call, and those of a process that serves. */
  async said(input: Input, dice: Dice): Promise<Said> {
    const policy = this.write(input);
    const format = ['--format', dice.pick(['text', 'json'])];
    const asked = ['--policy', policy, '--config', this.configuration];
    const lone = dice.chance(50) ? asked.slice(0, 2) : asked;
    const named = dice.pick([policy, this.configuration]);
    const line = JSON.stringify({ policy, entry: entryOf(input), request: {} });
    const tried = [...dice.pick([lone, asked.slice(2)]), '--request', this.request];
    return {
      validate: await this.#run(['validate', this.configuration, policy, '--format', dice.pick(formats)]),
      mint: await this.#run(['mint', ...lone, '--request', this.request, ...format]),
      explain: dice.chance(50) ? await this.#run(['explain', ...dice.pick([lone, tried]), ...format]) : '',
      gen: dice.chance(30) ? await this.#run(['gen', dice.pick(platforms), '--config', this.configuration]) : '',
      import: dice.chance(30) ? await this.#imported(policy, format) : '',
      verify: dice.chance(30)
        ? await this.#run([
            'verify',
            token,
            '--key',
            policy,
            dice.pick(['--key', '--jwks', '--config']),
            named,
            ...format,
          ])
        : '',
      compare: dice.chance(30) ? await this.#run(['compare', token, ...asked.slice(2), '--request', policy]) : '',
      lines: dice.chance(20) ? await this.#run(['mint', '--jsonl'], line) : '',
      eval: dice.chance(10) ? await this.#run(['eval', '--context', policy, '1']) : '',
      ...this.#served(),
    };
  }

  /** What the command prints, and what it writes but the copies of the vendor's files. */
  async #imported(policy: string, format: readonly string[]): Promise<string> {
    const out = join(this.folder, 'imported');
    const printed = await this.#run(['import', policy, '--out', out, '--force', ...format]);
    const written = ['mintproc.yaml', 'REPORT.md', 'keys/README.md', 'envoy.yaml'].map((name) => join(out, name));
    const texts = written.filter((path) => existsSync(path)).map((path) => readFileSync(path, 'utf8'));
    rmSync(out, { recursive: true, force: true });
    return [printed, ...texts].join('\n');
  }

  #served(): Said {
    const lines: string[] = [];
    const log = createLog('trace', (line) => lines.push(line));
    const readiness = new Readiness();
    const report = new ConfigurationReport(this.#metrics, readiness, log, Date.now);
    const options = { files: diskFiles, environment, tlsApart: { before: undefined, report: () => undefined } };
    const { snapshot, problems, tls } = loadConfiguration(this.configuration, options);
    const unusable = tls?.kind === 'unusable' ? tls.problems : [];
    for (const problem of unusable) log.error('The TLS pair cannot be used.', fieldsOf(problem));
    let body = '';
    if (snapshot === undefined) report.refused(problems);
    else {
      finish(report.loaded(snapshot, problems));
      const audit = createAuditLog((line) => lines.push(line));
      const observer = new RequestObserver(this.#metrics, log, audit);
      const decide = decideAtOnce(snapshot, { clock: Date.now, randomId: randomUUID });
      const decision = decide(request({ ':path': '/orders', ':method': 'GET' }));
      const { kind: outcome, mints } = decision;
      const known = {
        seconds: 0,
        at: 0,
        code: undefined,
        requestId: 'r',
        traceId: undefined,
        sampledTraceId: undefined,
      };
      observer.finished({ ...known, outcome, mints });
      if (decision.kind === 'refuse') body = decision.refusal.body;
    }
    return { log: lines.join(''), readyz: JSON.stringify(readiness.report), body };
  }

  async #run(line: readonly string[], input = ''): Promise<string> {
    let said = '';
    const add = (text: string): void => {
      said += `${text}\n`;
    };
    await run(line, { ...quiet, out: add, error: add, lines: () => linesOf(input) });
    return said;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

async function* linesOf(text: string): AsyncIterable<string> {
  yield text;
}

/** The secret in an entry as `mint --jsonl` takes it. */
function entryOf({ canary, place }: Input): object {
  const keys: object[] = [
    { key: { text: canary.text } },
    { key: { jwk: canary.text } },
    { key: canary.text },
    { [canary.text]: 1 },
  ];
  return keys[place.name.length % keys.length] ?? {};
}

const environment = { SECRET: 'a secret of at least thirty-two bytes' };

function never(): never {
  throw new Error('no command that ends by itself asks for this');
}

const quiet: Terminal = {
  out: never,
  error: never,
  isColoured: false,
  isInteractive: false,
  lines: never,
  version: '1.2.3',
  environment,
  now: () => 1_700_000_000_000,
  collectGarbage: never,
  onStop: never,
  onReload: never,
  ignoreSignals: never,
  threadIsStuck: never,
  startWorker: never,
  startChecker: never,
  startAnswering: never,
  primary: undefined,
  server: undefined,
  asker: undefined,
  stepBack: never,
};

/** The outputs that hold a piece of the secret. */
export function leaksIn({ place, canary }: Input, said: Said): readonly string[] {
  return Object.entries(said).flatMap(([where, text]) => {
    const rest = place.isKeyName === true ? withoutKeyName(where, text) : text;
    return canary.isIn(rest) ? [where] : [];
  });
}

/**
 * A token shows the name of its key, as its author asked, even where that is a piece of the key; and where the token
 * shows a plain name, the log, `/readyz` and `explain` say which key signs by it.
 */
function withoutKeyName(where: string, text: string): string {
  if (where === 'mint') return isToken(text) ? '' : text;
  if (where === 'explain') return text.replace(explainedKeyName, '').replace(shownKey, '');
  return text.replace(/"(?:kid|replaces)":"[\w.-]{1,64}"/g, '').replace(shownKey, '');
}

/** The key that signs, as `explain` and `/readyz` say it. */
const shownKey = /^ *"?key"?:? +"?[\w.-]{1,64}"?,?$/gm;

/** The header parameter, as `explain` shows it for a request, for any request, and as JSON. */
const explainedKeyName =
  /^ *kid {2}(?:the same for every request: )?"(?:[^"\\]|\\.)*"|"name": "kid",\s*"comes": "[^"]*",(?:\s*"(?:expression|file|line|column)": .*)*\s*"value": "(?:[^"\\]|\\.)*"/gm;

function isToken(text: string): boolean {
  return /^(?:\{"ok":true|\S+: \S* ?ey[\w-]+\.)/m.test(text);
}
