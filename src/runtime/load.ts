/**
 * @module
 * From `mintproc.yaml` and the files that it names to a snapshot, or to everything that is wrong with them.
 */
import { dirname, isAbsolute, join } from 'node:path';
import { type Problem, Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { makeIdentify } from './authentication.ts';
import { type Configuration, type Placed, readConfiguration } from './configuration.ts';
import { checkConfiguration } from './configuration-checks.ts';
import type { PolicyEntry, RouteEntry, Settings } from './configuration-schema.ts';
import { type FileReader, readText } from './files.ts';
import { type CompiledPolicy, PolicyLoader } from './policy.ts';
import { compileMatch, makeRouter, type Route } from './router.ts';
import type { Chain, Snapshot } from './snapshot.ts';

export interface Loaded {
  /** Undefined where one of the problems is an error: nothing is put in force by halves. */
  readonly snapshot: Snapshot | undefined;
  /** Everything found, warnings included. */
  readonly problems: readonly Problem[];
}

/**
 * Reads a configuration and compiles it.
 *
 * @param file the configuration; the files it names are relative to it, and problems name them so
 * @param version the number of the snapshot to make
 */
export function loadConfiguration(file: string, files: FileReader, version = 1): Loaded {
  const problems = new Problems();
  const snapshot = load(file, files, version, problems);
  return { snapshot: problems.hasErrors ? undefined : snapshot, problems: problems.all };
}

function load(file: string, files: FileReader, version: number, problems: Problems): Snapshot | undefined {
  const text = readText(files, file);
  if (text.kind === 'failed') {
    const message = `The configuration ${file} ${text.reason}.`;
    problems.add(problemAt(SourceText.ofFile(file, ''), 0, 'config.unreadable-file', { message }));
    return undefined;
  }
  const configuration = readConfiguration(SourceText.ofFile(file, text.text), problems);
  if (configuration === undefined) return undefined;
  checkConfiguration(configuration, problems);
  const policies = loadPolicies(configuration, dirname(file), files, problems);
  for (const route of configuration.routes) checkOutputs(route, policies, configuration, problems);
  const { settings, routes } = configuration;
  if (settings === undefined || problems.hasErrors) return undefined;
  return Object.freeze(makeSnapshot(settings, policies, routes, version));
}

function loadPolicies(
  { document, policies }: Configuration,
  folder: string,
  files: FileReader,
  problems: Problems,
): Map<string, CompiledPolicy> {
  const loader = new PolicyLoader(files, problems);
  const compiled = new Map<string, CompiledPolicy>();
  for (const { entry, path } of policies) {
    const policy = loader.load({
      name: entry.name,
      file: resolve(folder, entry.file),
      keyFile: entry.key === undefined ? undefined : resolve(folder, entry.key.file),
      settings: settingsOf(entry),
      report: (inner, code, details) => document.report(problems, [...path, ...inner], code, details),
    });
    if (policy !== undefined) compiled.set(entry.name, Object.freeze(policy));
  }
  return compiled;
}

function settingsOf({ name: _name, file: _file, ...settings }: PolicyEntry) {
  return settings;
}

function resolve(folder: string, file: string): string {
  return isAbsolute(file) ? file : join(folder, file);
}

/** Two policies that write one header would leave one token, and no one could say which. */
function checkOutputs(
  { entry, path }: Placed<RouteEntry>,
  policies: ReadonlyMap<string, CompiledPolicy>,
  { document }: Configuration,
  problems: Problems,
): void {
  const writers = new Map<string, string>();
  for (const [index, name] of entry.policies.entries()) {
    const header = policies.get(name)?.output.header;
    if (header === undefined) continue;
    const writer = writers.get(header);
    if (writer === undefined) writers.set(header, name);
    else {
      document.report(problems, [...path, 'policies', index], 'config.duplicate-output', {
        message: `\`${name}\` writes the header \`${header}\`, and so does \`${writer}\` before it.`,
        suggestion: 'Give one of them another `output: { header: … }`, or leave one out of this route.',
      });
    }
  }
}

function makeSnapshot(
  settings: Settings,
  policies: ReadonlyMap<string, CompiledPolicy>,
  entries: readonly Placed<RouteEntry>[],
  version: number,
): Snapshot {
  // One chain for each list of policies, since the router tells destinations apart by reference.
  const chains = new Map<string, Chain>();
  const chainOf = (names: readonly string[]): Chain => {
    const key = names.join(' ');
    const chain = chains.get(key) ?? makeChain(names, policies);
    chains.set(key, chain);
    return chain;
  };
  const routes: Route<Chain>[] = entries.map(({ entry }) => ({
    conditions: compileMatch(entry.match),
    destination: chainOf(entry.policies),
  }));
  const names = [...policies.keys()];
  return {
    version,
    settings,
    policies,
    route: makeRouter(routes),
    named: settings.allowRoutePolicy ? new Map(names.map((name) => [name, chainOf([name])])) : undefined,
    identify: makeIdentify(settings.authentication),
  };
}

function makeChain(names: readonly string[], policies: ReadonlyMap<string, CompiledPolicy>): Chain {
  const found = names.map((name) => {
    const policy = policies.get(name);
    if (policy === undefined) throw new TypeError(`the policy ${name} was not loaded, and no problem says why`);
    return policy;
  });
  return { policies: found };
}
