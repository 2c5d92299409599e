/**
 * @module
 * Entries for policy files that somebody has already: the files are copied byte for byte.
 */
import { basename } from 'node:path';
import { diskFiles } from '../../configuration/files.ts';
import { looksLikeConfiguration } from '../../configuration/recognise.ts';
import { formatProblem, Problems } from '../../diagnostics/problem.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { finish } from '../../diagnostics/steps.ts';
import { readPolicyFile } from '../../dialects/index.ts';
import type { FoundPolicy } from '../../dialects/policy-file.ts';
import { Flow } from '../../documents/commented-yaml.ts';
import { DocumentFile } from '../../documents/document-file.ts';
import { PlainNames, plainName } from '../../migration/plain-names.ts';
import type { KeySource } from '../../plan/token-plan.ts';
import { readInput } from '../input-file.ts';
import { CommandError } from '../terminal.ts';
import { newKey } from './new-key.ts';
import type { NewPolicy } from './new-policy.ts';
import { outputTo } from './starters.ts';

/** In one file. For each, a key is made. */
const maxPolicies = 20;
const tooMany = 'For the export of a whole gateway, use `mintproc import`.';

/**
 * @param header undefined for that of each policy
 * @throws CommandError with every problem of a file that is no policy
 */
export function ownPolicies(paths: readonly string[], header: string | undefined): readonly NewPolicy[] {
  const [files, entries] = [new PlainNames(), new PlainNames()];
  return paths.flatMap((path) => {
    const found = policiesIn(path);
    if (found.length > maxPolicies) throw new CommandError(`${path} has more than ${maxPolicies} policies. ${tooMany}`);
    const bytes = bytesOf(path);
    const file = `policies/${files.take([basename(path)])}`;
    return found.map((policy, index): NewPolicy => {
      const name = entries.take([...policy.names.slice(-1), plainName(basename(path).replace(/\..*$/, ''))]);
      const key = keyFor(policy, name);
      return {
        name,
        path: file,
        bytes,
        settings: {
          ...(found.length === 1 ? {} : { select: index + 1 }),
          ...(header === undefined ? {} : { output: new Flow(outputTo(header)) }),
          ...(key === undefined ? {} : { key: new Flow({ file: key.path }) }),
        },
        key,
        expected: undefined,
      };
    });
  });
}

function policiesIn(path: string): readonly FoundPolicy[] {
  const text = readInput(path);
  if (looksLikeConfiguration(text)) {
    throw new CommandError(`${path} is a mintproc.yaml, not a policy of a gateway. --policy takes a policy file.`);
  }
  const problems = new Problems();
  const policies = finish(readPolicyFile(new DocumentFile(SourceText.ofFile(path, text)), {}, problems))?.policies;
  if (policies === undefined || policies.length === 0) {
    throw new CommandError(`the policy cannot be used.\n${problems.all.map(formatProblem).join('\n')}`);
  }
  return policies;
}

/** The file as it is, with the mark or encoding that it has. */
function bytesOf(path: string): Uint8Array {
  const contents = diskFiles.read(path);
  if (contents.kind === 'bytes') return contents.bytes;
  throw new CommandError(`The file ${path} ${contents.reason}.`);
}

function keyFor({ plan }: FoundPolicy, name: string): NewPolicy['key'] {
  if (plan?.algorithm === undefined || isOwn(plan.key)) return undefined;
  return newKey(name, plan.algorithm);
}

/** Whether the policy has its key in itself. */
function isOwn(key: KeySource | undefined): boolean {
  if (key?.kind === 'named') return key.own !== undefined;
  return key?.kind === 'text' || (key?.kind === 'inline' && key.unusable === undefined);
}
