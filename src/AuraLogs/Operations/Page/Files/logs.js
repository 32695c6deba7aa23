export const startLogs = () => {}; export const showLogs = () => {};
