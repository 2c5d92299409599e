/**
 * @module
 * The parts of `mintproc.yaml` that a message may show: the words of its schema, and values of keys that take no
 * secret. Keys, values of variables, and files and names that lead to secrets are never shown.
 */
import * as z from 'zod';
import type { Harmless } from '../diagnostics/source-text.ts';
import { harmlessYaml, shortWord } from '../documents/harmless-yaml.ts';
import { wordsOf } from '../documents/schema-words.ts';
import { configurationSchema } from './configuration-schema.ts';

const others = ['true', 'false', 'null', 'yes', 'no'];

let known: ReadonlySet<string> | undefined;

/** Created at the first problem. */
function words(): ReadonlySet<string> {
  known ??= new Set([...others, ...wordsOf(z.toJSONSchema(configurationSchema, { io: 'input' }))]);
  return known;
}

export const harmlessConfiguration: Harmless = harmlessYaml(words, {
  values: [
    /^\/(?:authentication|include)\//,
    // The value of a header or parameter may be an API key.
    /^\/routes\/\d+\/(?!match\/(?:headers|query)\/|variables\/)/,
    /^\/policies\/\d+\/(?:name|file|select|output\/\w+)$/,
    /^(?:\/policies\/\d+)?\/apigee\/\w+$/,
    /^(?:\/(?:policies|routes)\/\d+)?\/variables\/[^/]+\/(?:template|expression|header|attribute|metadata|path(?:\/\d+)?|readable)$/,
  ],
  typed: [
    [/^\/(?:listen|admin|jwks\/listen)$/, /^(?:unix:\/[\w./-]*|[\w.[\]-]*:\d{0,5}|\d{0,5})$/],
    [/^\/(?:workers|drainSeconds|edition|transport|reuseBytes|unmatched)$/, shortWord],
    [/^\/(?:limits|reload|drain)\//, shortWord],
    [/^\/(?:drain|log\/level|log\/audit\/sample)$/, shortWord],
    [/^\/jwks\/(?:maxAge|cache|replicas|publishAhead|keepFor)$/, shortWord],
    [/^\/policies\/\d+\/(?:expressions|edition|onError|form|authentication\/as|reuse(?:\/.*)?)$/, shortWord],
  ],
  // If a variable is a plain value, its name and value may have been swapped, so the name may be the secret.
  names: [/^(?:\/(?:policies|routes)\/\d+)?\/variables\/(?!private\.)[\w.-]{1,64}$/],
});
