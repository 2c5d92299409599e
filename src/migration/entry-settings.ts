/**
 * @module
 * The entry of a policy in the configuration, without its name.
 */
import type { ExportedPolicy, Writable } from '../dialects/exported.ts';
import type { KeyFile } from './key-files.ts';

/** @param keyFileFor the file of one of the policy's keys */
export function settingsOf(
  { output, entry, variables, keys, select }: ExportedPolicy,
  file: string,
  keyFileFor: (key: ExportedPolicy['keys'][number]) => KeyFile,
): Readonly<Record<string, Writable>> {
  const { variables: own, ...others } = entry;
  const places = keys.map((key) => [key.use, { file: keyFileFor(key).file, ...key.settings }] as const);
  const declared: Record<string, Writable> = {
    ...mapOf(own),
    ...Object.fromEntries(variables.map(({ name, declaration }) => [name, declaration])),
    ...Object.fromEntries(places.flatMap(([use, value]) => (typeof use === 'object' ? [[use.variable, value]] : []))),
  };
  return {
    file,
    ...(select === undefined ? {} : { select }),
    ...(output === undefined ? {} : { output: { header: output.header, prefix: output.prefix } }),
    ...Object.fromEntries(places.flatMap(([use, value]) => (typeof use === 'string' ? [[use, value]] : []))),
    ...others,
    ...(Object.keys(declared).length === 0 ? {} : { variables: declared }),
  };
}

function mapOf(value: Writable | undefined): Readonly<Record<string, Writable>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, Writable>>) : {};
}
