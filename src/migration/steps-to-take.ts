/**
 * @module
 * The steps from an imported folder to requests with tokens, as the report lists them.
 */
import { markdownCode, markdownSentence } from '../documents/write-markdown.ts';
import { genCommand, type ProxyPart } from './gen-command.ts';
import type { Migration } from './migration.ts';
import { opensIn } from './open-values.ts';
import { testsFolder } from './token-tests.ts';

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
    envoyPart(migration, proxy),
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

/** What only the user knows is missing in the part: it is written again, or completed by hand. */
function envoyPart(migration: Migration, proxy: ProxyPart): readonly string[] {
  const { files, notes } = proxy;
  const isOpen = files.size === 0 || migration.policies.some(({ verdict }) => verdict === 'needs-values');
  const { line, meanings, known } = genCommand(migration, proxy);
  const names = [...files.keys()].map(markdownCode).join(', ');
  const rest = [...notes.map(markdownSentence), ...known].join(' ');
  if (!isOpen && meanings.length === 0) return [`Complete ${names}. ${rest}`.trimEnd()];
  const title = isOpen
    ? 'Write the Envoy part with what you filled in:'
    : 'Write the Envoy part with what only you know:';
  const byHand = meanings.length === 0 ? 'Complete' : 'Or complete';
  return [title, commands(line), [...meanings, `${byHand} ${names === '' ? 'it' : names}.`, rest].join(' ').trimEnd()];
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
