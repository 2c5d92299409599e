/**
 * @module
 * A test file as an author writes it: requests, each with what must become of it.
 *
 * The schema says which members there are. `read-test-file.ts` reads what it cannot say: whether a pattern is one, and
 * which expectations exclude each other.
 */
import * as z from 'zod';
import { comparedPath } from '../compare-tokens.ts';
import { writtenMoment as moment } from '../moment.ts';
import { trialRequestShape } from '../request-schema.ts';

/** A file with more is hardly written by hand. @internal Exported for the test at the limit. */
export const maxCases = 10_000;

const path = z.string().min(1);

/** How a value of a token is said. A member of an object, or an item of a list, can be said in the same way. */
const valueForms =
  'a value, which is compared as JSON with its type, while the order of the members of an object does not matter; ' +
  '{ matches: REGEX }, a string in which the regular expression (RE2) is found; { present: true }; ' +
  '{ absent: true }; or { equals: VALUE }, for an object that looks like one of these';

const expectedMembers = z.record(z.string(), z.json());

const jwtSchema = z
  .strictObject({
    header: expectedMembers.optional().describe(`Header parameters by name, each ${valueForms}.`),
    enclosedHeader: expectedMembers
      .optional()
      .describe('The same for the header of the signed token in an encrypted one.'),
    claims: expectedMembers.optional().describe(`Claims by name, each ${valueForms}.`),
  })
  .refine((jwt) => Object.keys(jwt).length > 0, 'must have `header` or `claims`')
  .meta({ minProperties: 1 });

const headerSchema = z
  .strictObject({
    name: z.string().min(1).optional().describe('Name of the header, in any case.'),
    prefix: z.string().optional().describe('The text before the token, such as "Bearer ".'),
  })
  .refine((header) => Object.keys(header).length > 0, 'must have `name` or `prefix`')
  .meta({ minProperties: 1 });

const refusedSchema = z.union([
  z.literal(true),
  z.strictObject({
    status: z.int().min(200).max(599).optional().describe('The HTTP status of the response.'),
    code: z.string().min(1).optional().describe('The code of the error, such as identity.missing: see docs/errors.md.'),
  }),
]);

export const withoutTokenReasons = ['disabled', 'outside-rules', 'error', 'unmatched'] as const;

const withoutTokenSchema = z.union([
  z.literal(true),
  z.strictObject({
    because: z
      .enum(withoutTokenReasons)
      .optional()
      .describe(
        'disabled: the policy is disabled. outside-rules: the request matches none of its rules. error: no token ' +
          'could be minted, and `onError` is `pass`. unmatched: no route matches, and `unmatched` is `pass`.',
      ),
    code: z.string().min(1).optional().describe('With `error`: the code of the error.'),
  }),
]);

/** Members of a token that may differ, as `mintproc compare --ignore` takes them. */
const ignoredPath = z.string().regex(comparedPath, 'must be header.NAME, claims.NAME, or a part alone');

const sameAsSchema = z.union([
  path,
  z.strictObject({
    token: path.describe('File with the token, relative to the test file.'),
    ignore: z
      .array(ignoredPath)
      .default([])
      .describe('What may differ, such as header.kid; a part alone (claims) means the order of its members.'),
  }),
]);

const expectSchema = z
  .strictObject({
    route: z
      .union([z.string().min(1), z.int().min(1)], { error: "must be a route's name, its number from 1, or none" })
      .optional()
      .describe("The route that the request takes: its name, its number from 1, or none if no route's match is met."),
    policy: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The policy that the other expectations are about. Alone, it must mint a token. Default: the only one of the ' +
          'route that mints a token.',
      ),
    header: headerSchema.optional().describe('The header with the token.'),
    jwt: jwtSchema.optional().describe('What the token has. Other header parameters and claims are not looked at.'),
    exact: z.boolean().optional().describe('Whether the token must have no claims but those of `jwt.claims`.'),
    refused: refusedSchema.optional().describe('The request is refused: true, or with which status and code.'),
    withoutToken: withoutTokenSchema
      .optional()
      .describe('The request goes on without a token: true, or for which reason.'),
    sameAs: sameAsSchema
      .optional()
      .describe(
        'File with a token of the old gateway, relative to the test file. It is compared as by mintproc compare: ' +
          'member by member, with order and types; times as their distance from iat. The signature is not compared.',
      ),
  })
  .refine((expect) => Object.keys(expect).length > 0, 'must have at least one expectation')
  // For editors; `read-test-file.ts` says why `exact` needs claims.
  .meta({
    minProperties: 1,
    if: { properties: { exact: { const: true } }, required: ['exact'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      required: ['jwt'],
      properties: { jwt: { required: ['claims'], description: 'With `exact`, all its claims.' } },
    },
  });

const caseSchema = z.strictObject({
  name: z.string().min(1).describe('What the case shows, for reports.'),
  at: moment
    .optional()
    .describe(
      'Time of the request: seconds since 1970, or RFC 3339. Default: `at` of the file, else `iat` of `sameAs`, else now.',
    ),
  ...trialRequestShape,
  expect: expectSchema.describe('What must become of the request; at least one member.'),
});

const keySchema = z.union([
  path,
  z.strictObject({
    file: path.describe('The file, relative to the test file.'),
    encoding: z.enum(['utf8', 'hex', 'base64', 'base64url']).default('utf8').describe('How a secret is written.'),
  }),
]);

export const testFileSchema = z
  .strictObject({
    config: path.describe('The mintproc.yaml to test, relative to the test file.'),
    at: moment
      .optional()
      .describe('Time of the requests of all cases: seconds since 1970, or RFC 3339 such as 2026-01-01T00:00:00Z.'),
    keys: z
      .array(keySchema)
      .default([])
      .describe('Files with private keys or secrets that open encrypted tokens, relative to the test file.'),
    cases: z.array(caseSchema).min(1).max(maxCases).describe('Requests, each with what must become of it.'),
  })
  .describe('Tests of a mintproc.yaml, for mintproc test.');

export type TestCase = z.output<typeof caseSchema>;
export type Expect = z.output<typeof expectSchema>;
export type WrittenKey = z.output<typeof keySchema>;
export type TestKey = Exclude<WrittenKey, string>;
