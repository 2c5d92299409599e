/**
 * @module
 * What answers the calls of the page.
 */
import { dirname } from 'node:path';
import { askingServices } from '../configuration/asking-services.ts';
import { diskFiles } from '../configuration/files.ts';
import { type Answering, CallRefused } from './calls.ts';
import { evaluateExpression } from './evaluate.ts';
import { examples } from './examples/index.ts';
import type { Calls, Opened, RunBody } from './interface.ts';
import { languageTables } from './language/language-tables.ts';
import type { MadeKeys } from './made-keys.ts';
import { OpenedFolder } from './opened-folder.ts';
import { presets } from './presets.ts';
import type { HelpOf } from './problems.ts';
import { type RunWorld, runWorkspace } from './run.ts';
import { configurationName, filesInMemory, filesOver, isInside } from './workspace-files.ts';

export interface PlaygroundOptions {
  readonly version: string;
  /** Undefined for examples alone: then nothing of the disk or the environment is reached. */
  readonly opened: OpenedOptions | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly helpOf: HelpOf;
}

export interface OpenedOptions {
  /** The `mintproc.yaml`. */
  readonly config: string;
  /** As the user gave it: the file, or its folder. */
  readonly shown: string;
  /** Whether the real keys sign. */
  readonly withKeys: boolean;
  readonly testFiles: () => readonly string[];
  readonly replaceFile: (path: string, text: string) => void;
}

/** @param keys those that are made in place of others */
export function answering(options: PlaygroundOptions, keys: MadeKeys): Answering {
  const { version, opened, now, helpOf } = options;
  const folder = opened && new OpenedFolder({ ...opened, hasKeys: opened.withKeys, disk: diskFiles });
  const language = languageTables();
  return {
    open: (): Opened => ({ version, ...(folder && { folder: folder.read() }), examples, presets, language }),
    run: (body) => runWorkspace(body.case, worldOf(body, keys, options)),
    evaluate: (body) => evaluateExpression(body, now(), helpOf),
    save: (body): Calls['save']['answer'] => {
      if (folder === undefined) throw withoutFolder;
      return folder.save(body);
    },
  };
}

const withoutFolder = new CallRefused(400, 'The playground was started without --config, so it has no folder.');

/** @throws CallRefused */
function worldOf({ files, isFolder }: RunBody, keys: MadeKeys, options: PlaygroundOptions): RunWorld {
  checkNames(files);
  const { opened, now, helpOf } = options;
  if (!isFolder) {
    const [environment, standIns] = [{}, keys.forRun()];
    const world = { config: configurationName, files: filesInMemory(files), environment, standIns };
    return { ...world, isFolder, now, helpOf, asking: (load) => load(undefined) };
  }
  if (opened === undefined) throw withoutFolder;
  const { config, withKeys } = opened;
  const standIns = withKeys ? undefined : keys.forRun();
  const { environment } = options;
  const world = { config, files: filesOver(dirname(config), files, diskFiles), environment, standIns };
  const asking: RunWorld['asking'] = (load) => askingServices({ environment, standInKeys: standIns }, load);
  return { ...world, isFolder, now, helpOf, asking };
}

/** @throws CallRefused */
function checkNames(files: RunBody['files']): void {
  const outside = files.find(({ name }) => !isInside(name));
  if (outside !== undefined) throw new CallRefused(400, 'The name of a file must be relative, and below the folder.');
}
