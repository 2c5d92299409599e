/**
 * @module
 * Envoy's dynamic metadata, read from its message without copying: an object for each namespace.
 */
import type { JsonObject } from '../../diagnostics/json.ts';
import { emptyView, type ObjectView } from '../../request/object-view.ts';
import { nowhere } from './check-struct.ts';
import { emptyObject } from './decode-struct.ts';
import type { MemberPlaces } from './member-places.ts';
import { WireMembers } from './wire-members.ts';
import { WireStruct } from './wire-struct.ts';
import type { WireText } from './wire-text.ts';

export class WireMetadata implements ObjectView {
  readonly #text: WireText;
  readonly #namespaces: WireMembers;

  constructor(text: WireText, places: MemberPlaces) {
    this.#text = text;
    this.#namespaces = new WireMembers(text, places);
  }

  get isEmpty(): boolean {
    return this.#namespaces.isEmpty;
  }

  names(): readonly string[] {
    return this.#namespaces.names();
  }

  get(name: string): JsonObject | undefined {
    return this.view(name)?.whole();
  }

  view(name: string): ObjectView | undefined {
    const at = this.#namespaces.find(name);
    if (at === undefined) return undefined;
    return at === nowhere ? emptyView : new WireStruct(this.#text, at);
  }

  whole(): JsonObject {
    const object = emptyObject();
    for (const name of this.names().toSorted()) object[name] = this.get(name) ?? emptyObject();
    return object;
  }
}
