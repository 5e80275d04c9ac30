export function compile(file: string): Promise<string>;
