/**
 * @module
 * The steps from an imported folder to requests with tokens, as the report lists them.
 */
import { markdownCode, markdownSentence } from '../documents/write-markdown.ts';
import type { MigratedPolicy, Migration } from './migration.ts';
import { opensIn } from './open-values.ts';
import { testsFolder } from './token-tests.ts';

export interface ProxyPart {
  /** As `mintproc gen` names it. */
  readonly platform: string;
  /** The files of the Envoy part by their names. */
  readonly files: ReadonlyMap<string, string>;
  /** Sentences: what to do that no file says by itself. */
  readonly notes: readonly string[];
}

export function stepsToTake(migration: Migration, proxy: ProxyPart): readonly string[] {
  const { policies, keys } = migration;
  const title = ['## Next steps', ''];
  if (policies.every(({ entry }) => entry === undefined)) {
    return [...title, 'None of the policies can run here yet.', '', ...changeExport];
  }
  const steps = [
    ...fillIn(migration),
    ...(keys.length === 0
      ? []
      : [
          [
            `Put ${keys.length === 1 ? 'the key' : `the ${keys.length} keys`} into \`keys/\`: [keys/README.md](keys/README.md) says which.`,
          ],
        ]),
    ['Check, in this folder:', commands('mintproc validate mintproc.yaml --strict')],
    envoyPart(proxy, policies),
    ...testSteps(migration),
    ['Run both:', commands('mintproc serve --config mintproc.yaml', ...proxyCommands(proxy))],
    ['Cut over: let backends accept both issuers and keys, move one route at a time, and withdraw the old key last.'],
  ];
  const isOne = policies.some(({ entry }) => entry === undefined);
  return [...title, ...steps.flatMap(step), ...(isOne ? ['', ...changeExport] : [])];
}

/** For each policy that cannot run here. */
const changeExport = [
  'For a policy that cannot run here, change what *What is in the way* names in a copy of the export, to what the token',
  'shall have from now on, and import that copy into this folder again, with `--force`. `mintproc playground` shows what',
  'an expression makes while you type it.',
];

function fillIn({ policies, routes }: Migration): readonly (readonly string[])[] {
  if (policies.every(({ verdict }) => verdict !== 'needs-values')) return [];
  const values = [
    ...policies.map(({ entry }) => entry?.settings ?? {}),
    ...routes.map(({ match, policies: names }) => ({ match, policies: names })),
  ];
  const count = values.flatMap(opensIn).length;
  const what = count === 1 ? 'the string `FILL IN`' : `the ${count} strings \`FILL IN\``;
  return [[`Replace ${what} in \`mintproc.yaml\`: the sections below say with what.`]];
}

/** Of the policies that a request can get. */
function testSteps({ tests }: Migration): readonly (readonly string[])[] {
  if (tests.length === 0) return [];
  const what = tests.length === 1 ? 'a token' : `a token of each of the ${tests.length} policies`;
  return [
    [
      `Record ${what} of the old gateway for a known request: put the token into \`${testsFolder}/recorded/\`, and write the request into the file in \`${testsFolder}/\`. Then see that the tokens are the same:`,
      commands(`mintproc test ${testsFolder}`),
    ],
  ];
}

/** The part is completed by hand, so it is written again before that. */
function envoyPart({ platform, files, notes }: ProxyPart, policies: readonly MigratedPolicy[]): readonly string[] {
  const isOpen = files.size === 0 || policies.some(({ verdict }) => verdict === 'needs-values');
  const again = commands(
    `mintproc gen ${platform} --config mintproc.yaml --out .${files.size === 0 ? '' : ' --force'}`,
  );
  const names = [...files.keys()].map(markdownCode).join(', ');
  const complete = [`Complete ${names === '' ? 'it' : names}.`, ...notes.map(markdownSentence)].join(' ');
  return isOpen ? ['Write the Envoy part with what you filled in:', again, complete] : [complete];
}

function proxyCommands({ platform, files }: ProxyPart): readonly string[] {
  return [...files.keys()].map((file) => (platform === 'envoy' ? `envoy -c ${file}` : `kubectl apply -f ${file}`));
}

function commands(...lines: readonly string[]): string {
  return ['', '```sh', ...lines, '```', ''].join('\n');
}

/** An item of a list: its first line has the number, and the others are indented below it. */
function step(parts: readonly string[], index: number): readonly string[] {
  const number = `${index + 1}. `;
  const lines = parts.join('\n').split('\n');
  return lines.map((line, at) => (at === 0 ? `${number}${line}` : line === '' ? '' : `   ${line}`));
}
