/**
 * @module
 * What decides which keys a plan uses. Two plans of one entry that agree in it share their keys. It may contain a
 * secret: it stays in memory while a configuration loads.
 */
import type { KeySource, TokenPlan } from '../../plan/token-plan.ts';
import { ownKeyId } from './key-rings.ts';

export interface KeyIdentity {
  readonly signing: string;
  readonly recipient: string;
}

export function keyIdentity(plan: TokenPlan): KeyIdentity {
  const { algorithm, encryption } = plan;
  const { management, content, compress, password, key } = encryption ?? {};
  return {
    signing: JSON.stringify([algorithm?.name, sourceIdentity(plan.key), ownKeyId(plan)]),
    recipient: JSON.stringify([management?.name, content?.name, compress, password, sourceIdentity(key)]),
  };
}

function sourceIdentity(source: KeySource | undefined): readonly unknown[] {
  switch (source?.kind) {
    case 'inline':
      return ['inline', source.text.text];
    case 'variable':
      return ['variable', source.name, source.encoding, source.password];
    case 'named':
      return ['named', source.name, source.holds, sourceIdentity(source.own)];
    case 'text':
      return ['text', source.text, source.isJwk, source.kid];
    case undefined:
      return [];
  }
}
