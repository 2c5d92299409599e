/**
 * @module
 * What `mintproc import --format json` prints.
 */
import type { ExportedVariable, Reason } from '../dialects/exported.ts';
import type { MigratedPolicy, Migration } from './migration.ts';
import { plainFillIns } from './open-values.ts';

/** @param files the written files, relative to the new folder */
export function jsonReport({ policies, keys }: Migration, files: readonly string[]): object {
  return {
    policies: policies.map(policyJson),
    variables: distinct(policies.flatMap(({ policy }) => policy.variables).map(variableJson)),
    keys: keys.map(({ name, file, kind, origin }) => ({ name, file, kind, origin })),
    files,
  };
}

function policyJson({ policy, verdict, reasons }: MigratedPolicy): object {
  const { file, name, dialect, routes, output } = policy;
  return {
    file: file.path,
    name,
    dialect,
    verdict,
    reasons: reasons.map(reasonJson),
    routes: routes.map(({ place, match }) => ({ file: place.file, line: place.line, match: plainFillIns(match) })),
    output: output === undefined ? null : { header: plainFillIns(output.header), prefix: plainFillIns(output.prefix) },
  };
}

function reasonJson({ problem: { code, message, suggestion, place } }: Reason): object {
  const text = suggestion === undefined ? message : `${message} ${suggestion}`;
  return { code, message: text, file: place.file, line: place.line };
}

function variableJson({ name, verdict, setters }: ExportedVariable): object {
  return {
    name,
    verdict,
    setters: setters.map(({ kind, file, flow, condition }) => ({
      kind,
      file,
      flow: flow ?? null,
      condition: condition ?? null,
    })),
  };
}

function distinct(values: readonly object[]): readonly object[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
