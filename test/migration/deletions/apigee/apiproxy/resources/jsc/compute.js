context.setVariable('computed', 'a');
