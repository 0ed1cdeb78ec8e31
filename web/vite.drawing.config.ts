/** Builds the drawing as a package of its own (src/drawing.ts), beside the page: dist/drawing.js and dist/drawing.css. */
import { defineConfig, type Plugin } from "vite";

const WORKER = /new Worker\(new URL\("(\.\/[^"]+)", import\.meta\.url\), \{ type: "module" \}\)/g;

/** Keeps workers inside the package, which is one file wherever it is loaded from: a page starts none of another site's files. */
const withItsWorkers: Plugin = {
  name: "with-its-workers",
  enforce: "pre",
  transform(code) {
    const imports: string[] = [];
    const inside = code.replace(WORKER, (_, file: string) => {
      const name = `InlineWorker${imports.length}`;
      imports.push(`import ${name} from "${file}?worker&inline";\n`);
      return `new ${name}()`;
    });
    return imports.length > 0 ? imports.join("") + inside : null;
  },
};

export default defineConfig({
  publicDir: false,
  plugins: [withItsWorkers],
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    minify: true,
    lib: { entry: "src/drawing.ts", formats: ["es"], fileName: "drawing", cssFileName: "drawing" },
  },
  worker: { format: "es" },
});
