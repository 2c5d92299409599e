/**
 * @module
 * The steps from an imported folder to requests with tokens, as the report lists them.
 */
import { markdownCode, markdownSentence } from '../documents/write-markdown.ts';
import type { Migration } from './migration.ts';

export interface ProxyPart {
  /** As `mintproc gen` names it. */
  readonly platform: string;
  /** The files of the Envoy part by their names. */
  readonly files: ReadonlyMap<string, string>;
  /** Sentences: what to do that no file says by itself. */
  readonly notes: readonly string[];
}

export function stepsToTake({ policies, keys }: Migration, { platform, files, notes }: ProxyPart): readonly string[] {
  const running = policies.filter(({ entry }) => entry !== undefined);
  const title = ['## Next steps', ''];
  if (running.length === 0) return [...title, 'None of the policies can run here; see below.'];
  const isOpen = policies.some(({ verdict }) => verdict === 'needs-values');
  const regenerate = `Then write the Envoy part again: \`mintproc gen ${platform} --config mintproc.yaml --out . --force\`.`;
  const steps = [
    ...(isOpen
      ? [`Replace each \`FILL IN\` in \`mintproc.yaml\`; the sections below say with what. ${regenerate}`]
      : []),
    ...(keys.length > 0
      ? [
          `Put ${keys.length === 1 ? 'the key' : `the ${keys.length} keys`} into \`keys/\`, as [keys/README.md](keys/README.md) says.`,
        ]
      : []),
    'Check: `mintproc validate mintproc.yaml --strict`.',
    'See the token that a request would get: `mintproc mint --policy ENTRY --config mintproc.yaml --request request.json`.',
    'Start mintproc: `mintproc serve --config mintproc.yaml`.',
    [
      files.size === 0
        ? `Write the Envoy part: \`mintproc gen ${platform} --config mintproc.yaml\`.`
        : `Give Envoy its part, after completing what its comments name: ${[...files.keys()].map(markdownCode).join(', ')}.`,
      ...notes.map(markdownSentence),
    ].join(' '),
    'Cut over: let backends accept both issuers and keys, move one route at a time, compare tokens of both gateways, and withdraw the old key last.',
  ];
  return [...title, ...steps.map((step, index) => `${index + 1}. ${step}`)];
}
