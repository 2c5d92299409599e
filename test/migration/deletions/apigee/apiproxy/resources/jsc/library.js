context.setVariable('request.header.x-user', 'a');
