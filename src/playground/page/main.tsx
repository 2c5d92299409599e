/**
 * @module
 * The entry of the page.
 */
import { render } from 'preact';

const page = document.getElementById('page');
if (page !== null) render(<h1>mintproc playground</h1>, page);
