/**
 * @module
 * The key of a policy: in the policy itself, where it stays, or one to provide, with its origin.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import { called, isPlainName } from '../../../diagnostics/harmless.ts';
import { type Place, placeText, type SourceText } from '../../../diagnostics/source-text.ts';
import type { TokenPlan } from '../../../plan/token-plan.ts';
import { reason } from '../../export-reasons.ts';
import type { ExportedKey, Reason } from '../../exported.ts';
import { placeIn, type Resource } from './documents.ts';

export interface FoundKey {
  /** Undefined if the policy's own text is the key. */
  readonly provide: ExportedKey | undefined;
  readonly reasons: readonly Reason[];
  /** As in `ExportedPolicy`. */
  readonly meant: readonly Code[];
}

/**
 * A name of a secret may be a key that was pasted at the wrong place, so it is shown only if the export has the secret.
 *
 * @param place of the policy
 * @param name of the policy, for the file of its key
 */
export function keyOf(plan: TokenPlan, place: Place, name: string, secrets: ReadonlyMap<string, Resource>): FoundKey {
  const { key, algorithm } = plan;
  const kind = algorithm?.keyKind ?? 'private';
  const provide = (origin: string, file = name): FoundKey => ({
    provide: { name: file, kind, algorithm: algorithm?.name, origin, use: 'key' },
    reasons: [],
    meant: [],
  });
  if (key === undefined) return provide(`the policy in ${placeText(place)} has no \`privateKey\``);
  if (key.kind === 'named') {
    const at = placeText(key.place.placeAt(0));
    const secret = secrets.get(key.name);
    if (secret === undefined || !isPlainName(key.name)) return provide(`the secret that ${at} names`);
    const where = placeText(placeIn(secret.in, secret.path));
    return provide(`${called('the Secret', key.name)} in ${where}, which ${at} names`, key.name);
  }
  if (key.kind !== 'inline') return provide(`${placeText(place)} names it`);
  if (key.unusable === undefined) return inFile(key.text, plan, kind);
  return provide(`${placeText(key.text.placeAt(0))} only stands for it`);
}

/** A key that stays in the policy's file. */
function inFile(text: SourceText, { algorithm }: TokenPlan, kind: ExportedKey['kind']): FoundKey {
  const place = text.placeAt(0);
  const kept = reason('note', 'policy.key-in-file', place, {
    message: 'The key is in the text of the policy, so whoever can read the file can make tokens.',
    suggestion: "Better put it into a file of its own, and name that in the policy's entry: `key: { file: … }`.",
  });
  const isShort = kind === 'secret' && Buffer.byteLength(text.text) * 8 < Number(algorithm?.name.slice(2));
  if (!isShort) return { provide: undefined, reasons: [kept], meant: [] };
  const short = reason('note', 'jose.short-secret', place, {
    message:
      'The secret is shorter than the hash of its algorithm, so it is easier to guess. The gateway accepts it too.',
    suggestion: 'Change it where tokens are verified, and here.',
  });
  return { provide: undefined, reasons: [kept, short], meant: ['jose.short-secret'] };
}
