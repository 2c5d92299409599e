/**
 * @module
 * The `variables` part of `mintproc.yaml`: what policies read that no request brings along.
 */
import * as z from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const readable = z
  .boolean()
  .default(false)
  .describe(
    'For a name that begins with private.: that it is no secret, and claims, headers and templates may show it. ' +
      'Default: a secret, for keys only.',
  );

const path = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .optional()
  .describe('Where in the metadata the value is: a.b, or [a, b] where a name holds a dot. Default: all of it.');

const forms = [
  z.strictObject({
    value: z.json().describe('A constant: a text, a number, true or false, a list or a map.'),
    readable,
  }),
  z.strictObject({
    template: z.string().describe("Text with {variable}, {variable:default} and Apigee's {function(arguments)}."),
    readable,
  }),
  z.strictObject({
    expression: z.string().describe('An expression over attributes and authentication, without #[ ].'),
    readable,
  }),
  z.strictObject({
    header: z
      .string()
      .min(1)
      .describe('A request header. It is believed: Envoy must set it and remove what a client sent.'),
    readable,
  }),
  z.strictObject({
    attribute: z.string().min(1).describe('An attribute of Envoy, such as xds.route_name.'),
    readable,
  }),
  z.strictObject({ metadata: z.string().min(1).describe("A namespace of Envoy's dynamic metadata."), path, readable }),
  z.strictObject({ file: z.string().min(1).describe('The text of a file, relative to this file.'), readable }),
  z.strictObject({ env: z.string().min(1).describe('The text of an environment variable.'), readable }),
] as const;

/** A plain value is a constant; everything else says in one key where the value comes from. */
export const variableSchema = z.union([scalar, z.array(z.json()), ...forms]);

export const variablesSchema = z
  .record(z.string().min(1).max(256), variableSchema)
  .default({})
  .describe(
    'Variables that policies read, by name. Names that begin with private. are secrets, from file or env only, unless they say `readable: true`.',
  );

export type VariableForm = z.output<typeof variableSchema>;
