/**
 * @module
 * The playground's examples as data for pages that are read without it: the policy, the request and the token, from a
 * run of the playground itself. `npm run pictures` draws the same cases.
 */
import type { ShownMember } from '../../src/playground/interface.ts';
import { exampleNamed, playgroundOf, runExample, type WorkspaceExample } from '../playground/client.ts';

/** So that the token is the same in each run. */
const at = '2026-01-01T00:00:00Z';

/** The case of an example, at the recorded time. */
export function recordedCase({ case: text }: Pick<WorkspaceExample, 'case'>): string {
  return `at: ${at}\n${text}`;
}

const fences: Readonly<Record<WorkspaceExample['dialect'], string>> = {
  flex: 'yaml',
  apigee: 'xml',
  datapower: 'yaml',
};

/** @returns Markdown */
export async function recordedExample(name: string): Promise<string> {
  const example = exampleNamed(name);
  const [policy] = example.files;
  const { outcome } = await runExample(playgroundOf(), { files: example.files, case: recordedCase(example) });
  const token = outcome?.policies[0]?.token;
  if (policy === undefined || token === undefined) throw new Error(`The example ${name} has no token.`);
  const { header, claims } = token;
  return [
    `The policy, \`${policy.name}\`:`,
    fenced(fences[example.dialect], policy.text),
    'The request and its caller:',
    fenced('yaml', recordedCase(example)),
    'The token, decoded:',
    fenced('json', `{\n  "header": ${objectText(header)},\n  "claims": ${objectText(claims)}\n}\n`),
  ].join('\n\n');
}

function fenced(language: string, text: string): string {
  const mark = language === 'json' ? '' : '<!-- run by test/docs/recorded-examples.test.ts -->\n';
  return `${mark}\`\`\`${language}\n${text}\`\`\``;
}

function objectText(members: readonly ShownMember[]): string {
  const lines = members.flatMap((member) => (member.json === undefined ? [] : [`    ${lineOf(member)}`]));
  return `{\n${lines.join(',\n')}\n  }`;
}

/** A random value would be another one in each run. */
function lineOf({ name, json = '', reads, comes }: ShownMember): string {
  const isRandom = /random/.test([comes, ...reads.map(({ input }) => input)].join(' '));
  const value: unknown = JSON.parse(json);
  return `${JSON.stringify(name)}: ${JSON.stringify(isRandom ? 'a new identifier for each token' : value)}`;
}
