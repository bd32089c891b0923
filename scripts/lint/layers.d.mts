export interface Layer {
  readonly name: string;
  readonly in: readonly string[];
  readonly imports: "any" | readonly string[];
  readonly types?: readonly string[];
  readonly node?: readonly string[];
  readonly npm?: readonly string[];
}
export declare const LAYERS: readonly Layer[];
export declare function layerFault(
  importer: string,
  imported: string,
  typesOnly: boolean,
): string | undefined;
export declare function moduleFault(importer: string, module: string): string | undefined;
