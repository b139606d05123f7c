export const imp = (name) => import(name);
