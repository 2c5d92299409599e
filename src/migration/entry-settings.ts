/**
 * @module
 * The entry of a policy in the configuration, without its name.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { ExportedPolicy, Writable } from '../dialects/exported.ts';
import { joinsToken } from '../plan/output-header.ts';
import type { KeyFile } from './key-files.ts';

export interface EntryFiles {
  /** The policy's own file. */
  readonly file: string;
  /** The warnings that every entry with this file allows. */
  readonly meant: ReadonlySet<Code>;
  keyFileFor(key: ExportedPolicy['keys'][number]): KeyFile;
}

export function settingsOf(
  { output, entry, variables, keys, select, undecided }: ExportedPolicy,
  { file, meant, keyFileFor }: EntryFiles,
): Readonly<Record<string, Writable>> {
  const { variables: own, ...others } = entry;
  const places = keys.map((key) => [key.use, { file: keyFileFor(key).file, ...key.settings }] as const);
  const declared: Record<string, Writable> = {
    ...mapOf(own),
    ...Object.fromEntries(variables.map(({ name, declaration }) => [name, declaration])),
    ...Object.fromEntries(places.flatMap(([use, value]) => (typeof use === 'object' ? [[use.variable, value]] : []))),
  };
  const prefix = output?.prefix;
  const allow = [...meant, ...(typeof prefix === 'string' && joinsToken(prefix) ? [joined] : []), ...undecided];
  return {
    file,
    ...(select === undefined ? {} : { select }),
    ...(output === undefined ? {} : { output: { header: output.header, prefix: output.prefix } }),
    ...Object.fromEntries(places.flatMap(([use, value]) => (typeof use === 'string' ? [[use, value]] : []))),
    ...others,
    ...(allow.length === 0 ? {} : { allow }),
    ...(Object.keys(declared).length === 0 ? {} : { variables: declared }),
  };
}

/** The gateway wrote the prefix so. */
const joined: Code = 'config.joined-prefix';

function mapOf(value: Writable | undefined): Readonly<Record<string, Writable>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, Writable>>) : {};
}
