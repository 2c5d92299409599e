/**
 * @module
 * What of `mintproc.yaml` may be shown: the words of its schema, and what stands under keys that take no secret. Keys,
 * values of variables, and files and names that lead to secrets are not among them.
 */
import * as z from 'zod';
import type { Harmless } from '../diagnostics/source-text.ts';
import { harmlessYaml } from '../dialects/harmless-yaml.ts';
import { configurationSchema } from './configuration-schema.ts';

const others = ['true', 'false', 'null', 'yes', 'no'];

let known: ReadonlySet<string> | undefined;

/** Made when something is wrong for the first time. */
function words(): ReadonlySet<string> {
  known ??= new Set([...others, ...wordsOf(z.toJSONSchema(configurationSchema, { io: 'input' }))]);
  return known;
}

/** The names of keys, and the values of which one must be written. */
function wordsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap(wordsOf);
  return Object.entries(schema).flatMap(([name, value]) => {
    if (name === 'properties') return [...Object.keys(value), ...Object.values(value).flatMap(wordsOf)];
    if (name === 'enum') return (value as unknown[]).map(String);
    return name === 'const' ? [String(value)] : wordsOf(value);
  });
}

export const harmlessConfiguration: Harmless = harmlessYaml(words, {
  values: [
    /^\/(?:listen|admin|workers|drainSeconds|edition|transport|reuseBytes)$/,
    /^\/(?:authentication|limits|reload|routes|drain)\//,
    /^\/log\/(?:level|audit\/sample)$/,
    /^\/jwks\/(?:listen|maxAge|publishAhead|keepFor)$/,
    /^\/policies\/\d+\/(?:name|file|select|expressions|edition|onError|reuse(?:\/.*)?|output\/\w+)$/,
    /^\/variables\/[^/]+\/(?:template|expression|header|attribute|metadata|path(?:\/\d+)?|readable)$/,
  ],
  // A name whose value is a plain one may be the secret, and its value the name.
  names: [/^\/variables\/(?!private\.)[\w.-]{1,64}$/],
});
