/**
 * @module
 * Envoy's attributes where they lie in its message: noted in passing when they are checked, decoded one by one as they are
 * asked for.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { ProxyAttributes } from '../../plan/token-plan.ts';
import { WireMembers } from './wire-members.ts';
import type { WireText } from './wire-text.ts';

export class WireAttributes implements ProxyAttributes {
  /** Of all filter names: they are one, and attributes' own names do not clash. */
  readonly members: WireMembers;

  constructor(text: WireText) {
    this.members = new WireMembers(text);
  }

  get(name: string): JsonValue | undefined {
    return this.members.get(name);
  }
}
