import { TemplateError } from "../mapping-template/vtl-values";
import { misconfigured } from "./integration";

/** Work in which a template may fail, which is an answer, too. */
export function renderedSafely<Result>(work: () => Result): Result | ReturnType<typeof misconfigured> {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError) return misconfigured(error.message);
    throw error;
  }
}
