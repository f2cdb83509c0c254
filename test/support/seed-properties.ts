import { configureGlobal } from "fast-check";
import { freshSeed } from "./seed.ts";

configureGlobal({ seed: freshSeed() });
