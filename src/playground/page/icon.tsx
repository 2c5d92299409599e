/**
 * @module
 * Small pictures next to words; they say nothing that the words do not.
 */
import type { JSX } from 'preact';

const shapes = {
  pass: 'M3 8.5l3.2 3.2L13 4.8',
  fail: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.2l6.4 11.3H1.6zM8 6.5v3.2M8 11.4v.4',
  note: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 7.2v4M8 4.6v.4',
  refuse: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM3.7 3.7l8.6 8.6',
  forward: 'M2 8h11M9 4l4 4-4 4',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  link: 'M6.8 9.2l2.4-2.4M7 4.6l1.6-1.6a3.1 3.1 0 0 1 4.4 4.4L11.4 9M9 11.4L7.4 13A3.1 3.1 0 0 1 3 8.6L4.6 7',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}
