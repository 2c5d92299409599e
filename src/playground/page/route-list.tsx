/**
 * @module
 * The routes up to the one that was taken, and why the others were not.
 */

import type { JSX } from 'preact';
import type { ShownRoute, TextRange } from '../interface.ts';
import { Icon } from './icon.tsx';
import { Prose } from './prose.tsx';
import type { Dispatch } from './state.ts';
import { placeText } from './words.ts';

interface RouteListProps {
  readonly routes: readonly ShownRoute[];
  readonly dispatch: Dispatch;
}

export function RouteList({ routes, dispatch }: RouteListProps): JSX.Element {
  return (
    <section class="routes" aria-labelledby="title-routes">
      <h3 id="title-routes">Routes</h3>
      <ol>
        {routes.map(({ name, isTaken, why, range }) => (
          <li key={name} class={isTaken ? 'route is-taken' : 'route'}>
            <Icon name={isTaken ? 'pass' : 'close'} />
            <span class="unseen">{isTaken ? 'Taken: ' : 'Not taken: '}</span>
            <span class="route-text">
              <RouteName name={name} range={range} dispatch={dispatch} />
              <span class="quiet">
                <Prose text={why} />
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

interface RouteNameProps {
  readonly name: string;
  readonly range: TextRange | undefined;
  readonly dispatch: Dispatch;
}

function RouteName({ name, range, dispatch }: RouteNameProps): JSX.Element {
  if (range === undefined) return <span class="route-name">{name}</span>;
  return (
    <button
      type="button"
      class="route-name is-link"
      title={`Go to ${placeText(range)}`}
      onClick={() => dispatch({ kind: 'goTo', range })}
    >
      {name}
    </button>
  );
}
