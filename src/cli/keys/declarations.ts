/**
 * @module
 * The keys of a configuration by name, each with the policies that sign with it, for `mintproc keys`.
 */
import { askingServices } from '../../configuration/asking-services.ts';
import { type Configuration, readConfiguration } from '../../configuration/configuration.ts';
import type { Origin } from '../../configuration/configuration-part.ts';
import type { Settings } from '../../configuration/configuration-schema.ts';
import { diskFiles, type FileReader, resolveFrom } from '../../configuration/files.ts';
import type { SigningUse } from '../../configuration/keys/key-rings.ts';
import { declarationOf } from '../../configuration/keys/policy-keys.ts';
import type { NamedKeyForm } from '../../configuration/keys-schema.ts';
import { type Loaded, loadConfiguration } from '../../configuration/load.ts';
import type { LoadContext } from '../../configuration/load-context.ts';
import type { Snapshot } from '../../configuration/snapshot.ts';
import { formatProblem, type Problem, Problems } from '../../diagnostics/problem.ts';
import { finish } from '../../diagnostics/steps.ts';
import { Documents } from '../../documents/document-file.ts';
import type { KeyRing } from '../../keys/rotation.ts';
import { readInput } from '../input-file.ts';
import { CommandError } from '../terminal.ts';

export interface SigningPolicy extends SigningUse {
  readonly name: string;
  readonly ring: KeyRing;
}

export interface DeclaredKeys {
  readonly settings: Settings;
  readonly snapshot: Snapshot;
  readonly problems: readonly Problem[];
  /** The keys of `keys`, in the order of the files. */
  readonly named: ReadonlyMap<string, NamedKeyForm>;
  originOf(name: string): Origin;
  /** The files of all keys but those of `keys.NAME`, as paths to open. */
  filesBesides(name: string): ReadonlySet<string>;
  /** The policies that sign with a key of `keys`. */
  policiesOf(name: string): readonly SigningPolicy[];
  /** The policies that sign with a key of their own. */
  readonly others: readonly SigningPolicy[];
}

export interface DeclarationContext extends Pick<LoadContext, 'environment' | 'recall' | 'before'> {
  readonly files?: FileReader;
}

/** @param at milliseconds since the epoch @throws CommandError */
export async function readDeclaredKeys(
  file: string,
  at: number,
  { files = diskFiles, ...context }: DeclarationContext,
): Promise<DeclaredKeys> {
  if (files === diskFiles) readInput(file);
  const options = { ...context, files, now: () => at, withoutKeys: 'all' } as const;
  const loaded = await askingServices(options, (outside) => loadConfiguration(file, { ...options, outside }));
  if (loaded.snapshot === undefined) {
    const errors = loaded.problems.filter(({ severity }) => severity === 'error').map(formatProblem);
    throw new CommandError(`${file} does not load:\n${errors.join('\n')}`);
  }
  const read = finish(readConfiguration(file, { files, documents: new Documents(), problems: new Problems() }));
  if (read?.settings === undefined) throw new TypeError('a configuration that loads cannot be read');
  return declaredKeys(read, read.settings, { ...loaded, snapshot: loaded.snapshot });
}

function declaredKeys(
  { originOf, policies: entries }: Configuration,
  settings: Settings,
  { snapshot, problems, uses }: Loaded & { readonly snapshot: Snapshot },
): DeclaredKeys {
  const policies = Array.from(uses, ([name, use]) => ({ name, ...use, ring: snapshot.keys.rings.get(name) ?? [] }));
  const policiesOf = (name: string) => policies.filter((one) => one.declaration === declarationOf('keys', name));
  const named = new Map(Object.entries(settings.keys));
  const ofKeys = new Set(Array.from(named.keys(), (name) => declarationOf('keys', name)));
  return {
    settings,
    snapshot,
    problems,
    named,
    originOf: (name) => originOf('keys', name),
    filesBesides(name) {
      const others = [...named].filter(([other]) => other !== name);
      return new Set([
        ...others.flatMap(([other, form]) => filesOf(form, originOf('keys', other).folder)),
        ...entries.flatMap(({ entry, origin }) =>
          [entry.key, entry.recipient].flatMap((form) =>
            typeof form === 'object' ? filesOf(form, origin.folder) : [],
          ),
        ),
      ]);
    },
    policiesOf,
    others: policies.filter(({ declaration }) => !ofKeys.has(declaration)),
  };
}

function filesOf(form: Pick<NamedKeyForm, 'file' | 'versions'>, folder: string): readonly string[] {
  return [form, ...(form.versions ?? [])].flatMap(({ file }) =>
    file === undefined ? [] : [resolveFrom(folder, file)],
  );
}
