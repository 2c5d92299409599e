/**
 * @module
 * Whatever somebody writes in place of a value, the message says what to write, in no library's words.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { outlineSchema, policySchema, routeSchema } from '../../src/configuration/configuration-schema.ts';
import { awsKmsSchema, pkcs11Schema, vaultTransitSchema } from '../../src/configuration/outside-keys-schema.ts';
import type { Problem } from '../../src/diagnostics/problem.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles } from './memory-files.ts';

const policies = 'policies:\n  - { name: partner, file: partner.yaml }\n';
const usable = `${policies}routes: [{ match: {}, policies: [partner] }]\n`;

function problemsOf(text: string): readonly Problem[] {
  const files = { 'partner.yaml': flexPolicy({ iss: 'mint' }), 'conf.yaml': text };
  return loadConfiguration('conf.yaml', { files: memoryFiles(files) }).problems;
}

test('a message for a value of any wrong kind says what to write', () => {
  const values = ['3', '1.5', 'true', 'x', '""', 'null', '[]', '[3]', '{}', '{ zzz: 1 }', '2026-07-01'];
  const places: [keys: object, text: (key: string, value: string) => string][] = [
    [outlineSchema.shape, (key, value) => `${key}: ${value}\n`],
    [policySchema.shape, (key, value) => `policies:\n  - ${key}: ${value}\n`],
    [
      routeSchema.shape.match.shape,
      (key, value) => `${policies}routes:\n  - { match: { ${key}: ${value} }, policies: [partner] }\n`,
    ],
    [versionKeys, (key, value) => `${usable}keys: { a: { ${key}: ${value} } }\n`],
    ...inServices,
    ...inSections,
  ];
  const cases = places.flatMap(([keys, text]) =>
    Object.keys(keys).flatMap((key) =>
      values.map((value) => ({ written: text(key, value), quoted: text(key, JSON.stringify(value)), value })),
    ),
  );
  for (const { written, quoted, value } of cases) {
    for (const { message, suggestion = '', place } of problemsOf(written)) {
      assert.doesNotMatch(`${message} ${suggestion}`, vague, written);
      if (suggestion !== 'Put it in quotes.' || value === '[3]') continue;
      const isStillWrong = problemsOf(quoted).some(
        (other) =>
          other.code === 'config.wrong-type' && other.place.line === place.line && other.place.column === place.column,
      );
      assert.ok(!isStillWrong, written);
    }
  }
});

type KeysAt = [keys: object, text: (key: string, value: string) => string];

/** The keys of each service that signs. */
const inServices = Object.entries({
  vaultTransit: vaultTransitSchema,
  awsKms: awsKmsSchema,
  pkcs11: pkcs11Schema,
}).map(
  ([service, { shape }]): KeysAt => [
    shape,
    (key, value) => `${usable}keys: { a: { ${service}: { ${key}: ${value} } } }\n`,
  ],
);

/** The keys of each section of settings, such as `tls`. */
const inSections = Object.entries(outlineSchema.shape).flatMap(([section, schema]): KeysAt[] => {
  const shape = shapeIn(schema);
  return shape === undefined ? [] : [[shape, (key, value) => `${usable}${section}: { ${key}: ${value} }\n`]];
});

/** The shape of a map, which may be optional, have a default, or be one of several forms. */
function shapeIn(schema: unknown): object | undefined {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return shapeIn(schema.unwrap());
  }
  if (!(schema instanceof z.ZodUnion)) return undefined;
  return Object.assign({}, ...schema.options.map((option) => shapeIn(option) ?? {}));
}

test('the sections of settings are found', () => {
  assert.ok(inSections.length >= 8, String(inSections.length));
});

const versionKeys = { file: 0, env: 0, activeFrom: 0, retireAfter: 0, versions: 0, revoked: 0, kid: 0, format: 0 };
const vague = /Invalid |none of|items long|at least 1 item|are: \.|undefined|another value|\n/;
