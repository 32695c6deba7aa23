Console.WriteLine("AuraLogs");
