export function compile(file: string): Promise<string>;
export function problemsOf(error: Error): string;
