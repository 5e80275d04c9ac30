/** Functions that run in a browser, on the page that is open there. */
export function cutOff(): string[];
export function unnamed(): string[];
export function faint(): string[];
