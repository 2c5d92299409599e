/**
 * @module
 * Envoy's dynamic metadata where it lies in its message: an object for each namespace.
 */
import type { JsonObject } from '../../diagnostics/json.ts';
import { emptyView, type ObjectView } from '../../plan/object-view.ts';
import { nowhere } from './check-struct.ts';
import { emptyObject } from './decode-struct.ts';
import { WireMembers } from './wire-members.ts';
import { WireStruct } from './wire-struct.ts';

export class WireMetadata extends WireMembers implements ObjectView {
  override get(name: string): JsonObject | undefined {
    return this.view(name)?.whole();
  }

  view(name: string): ObjectView | undefined {
    const at = this.find(name);
    if (at === undefined) return undefined;
    return at === nowhere ? emptyView : new WireStruct(this.text, at);
  }

  whole(): JsonObject {
    const object = emptyObject();
    for (const name of this.names()) object[name] = this.get(name) ?? emptyObject();
    return object;
  }
}
